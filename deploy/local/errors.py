"""What can go wrong on one machine, said in a sentence for the person at the keyboard."""

import errno


class LocalError(Exception):
    """A wrong state that a person can mend. It says what is wrong and what to do; the command ends in 1."""


def disk_sentence(error: OSError, *, doing: str) -> str:
    """A sentence for a failed write; a full disk is named as such."""
    if error.errno in {errno.ENOSPC, errno.EDQUOT}:
        return f"The disk is full: {doing} failed. Free some space and try again."
    if error.errno in {errno.EACCES, errno.EPERM, errno.EROFS}:
        return f"{doing[:1].upper()}{doing[1:]} is not allowed here ({error.strerror}): {error.filename}."
    return f"{doing[:1].upper()}{doing[1:]} failed: {error.strerror or error}."
