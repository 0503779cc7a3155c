"""What was tried is what is done: a form carries the mark of the settings whose trial it stands under.

Where the settings that are sent have another mark, the new trial is shown first, and it is asked again.
"""

import hashlib
from typing import Any

import orjson


def mark_of(*settings: Any) -> str:
    """A mark that equal settings share, and no others."""
    return hashlib.sha256(orjson.dumps(settings, option=orjson.OPT_SORT_KEYS)).hexdigest()[:32]
