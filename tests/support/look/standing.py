"""Where the work of this process's services stands, for a wait that was in vain: that alone tells why, on CI."""

import asyncio
from types import CodeType, CoroutineType
from typing import Any

from tests.support import ROOT


def where_work_stands() -> str:
    """Each named task and the functions of ours that it is in, the innermost last; "" where none runs."""
    ours = [task for task in asyncio.all_tasks() if not task.get_name().startswith("Task-")]
    return "; ".join(sorted(f"{task.get_name()}: {' > '.join(_functions(task.get_coro()))}" for task in ours))


def _functions(waiting: Any) -> list[str]:
    found = list[str]()
    while isinstance(waiting, CoroutineType):
        if _is_ours(code := waiting.cr_code):
            found.append(f"{code.co_name}:{waiting.cr_frame.f_lineno if waiting.cr_frame else 0}")
        waiting = waiting.cr_await
    return found[-4:]


def _is_ours(code: CodeType) -> bool:
    return code.co_filename.startswith(str(ROOT)) and "site-packages" not in code.co_filename
