"""`python -m nightledger`: the same as the nightledger command."""

import sys

from nightledger.cli import main

if __name__ == "__main__":
    sys.exit(main())
