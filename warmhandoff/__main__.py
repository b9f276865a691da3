"""`python -m warmhandoff` is the command `warmhandoff`."""

import sys

from warmhandoff.cli.main import main

sys.exit(main())
