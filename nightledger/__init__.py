"""Show: the command line, reports and runs. The one package whose name is ours alone."""

__version__ = "0.1.0"
