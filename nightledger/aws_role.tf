terraform {
  required_version = ">= 1.3"
  required_providers {
    aws = {
      source  = "hashicorp/aws"
      version = ">= 5.0"
    }
  }
}

variable "collector_arn" {
  type        = string
  description = "ARN of the role or user that runs the scan"
}

variable "role_name" {
  type        = string
  description = "role_name in the settings; the same in every account"
  default     = "NightledgerRead"
}

variable "external_id" {
  type        = string
  description = "external_id in the settings; empty asks for none"
  default     = ""
}

variable "extras" {
  type        = bool
  description = "also what doctor's preflight and drift --who read"
  default     = false
}

locals {
  policies = concat(local.read, var.extras ? [local.extras] : [])
}

data "aws_iam_policy_document" "trust" {
  statement {
    actions = ["sts:AssumeRole"]

    principals {
      type        = "AWS"
      identifiers = [var.collector_arn]
    }

    dynamic "condition" {
      for_each = var.external_id == "" ? [] : [var.external_id]
      content {
        test     = "StringEquals"
        variable = "sts:ExternalId"
        values   = [condition.value]
      }
    }
  }

  statement {
    actions = ["sts:TagSession"]

    principals {
      type        = "AWS"
      identifiers = [var.collector_arn]
    }
  }
}

resource "aws_iam_role" "this" {
  name               = var.role_name
  description        = "Read-only; assumed by Nightledger"
  assume_role_policy = data.aws_iam_policy_document.trust.json
}

resource "aws_iam_policy" "read" {
  count = length(local.policies)
  name  = "${var.role_name}-${count.index + 1}"
  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Effect   = "Allow"
      Action   = local.policies[count.index]
      Resource = "*"
    }]
  })
}

resource "aws_iam_role_policy_attachment" "read" {
  count      = length(local.policies)
  role       = aws_iam_role.this.name
  policy_arn = aws_iam_policy.read[count.index].arn
}

output "role_arn" {
  value = aws_iam_role.this.arn
}
