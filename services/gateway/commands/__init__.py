"""Everything that changes who may call: partners and their systems, people, and the trail of it all."""

from services.gateway.commands.partners import (
    add_api_key,
    add_client,
    add_organisation,
    note_key_use,
    revoke_api_key,
    rotate_secret,
    set_client_active,
    set_organisation_active,
)
from services.gateway.commands.people import (
    HASHER,
    add_user,
    admit_person,
    close_session,
    dismiss_person,
    nobodys_hash,
    open_session,
    set_password,
    set_user_active,
)
from services.gateway.commands.tries import TRIES_WINDOW, check_tries, forgive_tries, note_fault, take_try

__all__ = [
    "HASHER",
    "TRIES_WINDOW",
    "add_api_key",
    "add_client",
    "add_organisation",
    "add_user",
    "admit_person",
    "check_tries",
    "close_session",
    "dismiss_person",
    "forgive_tries",
    "nobodys_hash",
    "note_fault",
    "note_key_use",
    "open_session",
    "revoke_api_key",
    "rotate_secret",
    "set_client_active",
    "set_organisation_active",
    "set_password",
    "set_user_active",
    "take_try",
]
