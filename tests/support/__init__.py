"""What tests are made with: real servers, builders, and ways to look; nothing sleeps.

`servers` start things, `make` builds what is sent, `look` sees what came of it. A module that one suite alone needs
stands beside that suite.
"""

from pathlib import Path

# Of the repository: the only place that counts folders.
ROOT = Path(__file__).resolve().parents[2]
