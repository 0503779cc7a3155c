"""Settings every service has. Read once from the environment, in `app.build`; only the edges see them.

`kinds` has a type for each kind of setting; a field of a service's own class is of one of them, or bounded by itself.
"""

from shared.settings.kinds import database
from shared.settings.reading import WrongSettings, check, read
from shared.settings.service import Municipality, ServiceSettings

__all__ = ["Municipality", "ServiceSettings", "WrongSettings", "check", "database", "read"]
