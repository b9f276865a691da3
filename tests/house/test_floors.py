"""You may only go downstairs: rooms import what lies below them."""

import shutil
import subprocess
import sys
from pathlib import Path

from tests.database import ROOT


def test_the_floors_are_kept():
    lint_imports = shutil.which("lint-imports", path=str(Path(sys.executable).parent))
    assert lint_imports, "import-linter is missing: run make setup-dev"
    checked = subprocess.run(
        [lint_imports, "--no-cache"], cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert checked.returncode == 0, checked.stdout
