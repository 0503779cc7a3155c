"""What happened, by the type of a message: the sentence for one, or for one and for several in a row.

Of facts that have no pages of their own; a subject that has some says its facts itself. A sentence may ask for {n},
{what}, {where}, {name}, {planned_on}, {due_on}, {through}, {when}.
"""

from collections.abc import Mapping

from services.gateway.pages.speech.language import Marked, marked, marked_plural

NEWS: Mapping[str, Marked] = {
    "walk.planned": marked("safety walk planned {where} {planned_on}"),
    "walk.walked": marked("safety walk carried out {where}"),
    "walk.closed": marked("safety walk closed {where}"),
    "walk.changed": marked("safety walk put right {where}"),
    "walk.changed.moved": marked_plural(
        "a safety walk was moved, as the areas were changed", "{n} safety walks were moved, as the areas were changed"
    ),
    "walk.removed": marked("a safety walk {where} lies in another area now"),
    "walk.returned": marked("a safety walk lies {where} now"),
    "walk.deleted": marked("a safety walk {where} was taken out again"),
    "finding.raised": marked("new finding {where}, to be mended by {due_on}"),
    "finding.raised.noted": marked("something good was noted on a safety walk {where}"),
    "finding.answered": marked("answer to a finding {where}"),
    "finding.answered.planned": marked("a finding {where} is planned to be mended"),
    "finding.answered.done": marked("a finding {where} is mended"),
    "finding.answered.declined": marked("a finding {where} will not be mended, with a reason given"),
    "finding.changed": marked("a finding {where} was put right"),
    "finding.changed.moved": marked_plural(
        "a finding was moved, as the areas were changed", "{n} findings were moved, as the areas were changed"
    ),
    "finding.removed": marked("a finding {where} lies in another area now"),
    "finding.returned": marked("a finding lies {where} now"),
    "finding.deleted": marked("a finding {where} was taken out again"),
    "gathering.registered": marked("new gathering {where} {when}"),
    "gathering.changed": marked("changed gathering {where} {when}"),
    "gathering.changed.moved": marked_plural(
        "a gathering was moved, as the areas were changed", "{n} gatherings were moved, as the areas were changed"
    ),
    "gathering.cancelled": marked("a gathering was cancelled"),
    "gathering.deleted": marked("a gathering {where} was taken out again"),
    "gathering.removed": marked("a gathering {where} was moved away"),
    "gathering.returned": marked("moved gathering, now {where} {when}"),
    "subscription.disabled": marked("a receiver of webhooks no longer answers"),
    "organisation.changed": marked("{name} is among the organisations"),
    "organisation.changed.ended": marked("{name} is no longer among the organisations"),
    "area.changed": marked_plural("an area was changed", "{n} areas were changed"),
    "area.changed.new": marked_plural("an area was put in", "{n} areas were put in"),
    "area.changed.ended": marked_plural("an area went out of use", "{n} areas went out of use"),
}
