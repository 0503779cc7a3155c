"""Numbers, days and times as they are written in English; the same functions as `swedish`. Pure."""

from datetime import date, datetime, timedelta, tzinfo

from services.gateway.pages.speech.swedish import FEW

MONTHS = (
    "January", "February", "March", "April", "May", "June",
    "July", "August", "September", "October", "November", "December",
)  # fmt: skip
WEEKDAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
_WINDS = ("north", "north-east", "east", "south-east", "south", "south-west", "west", "north-west")
_HARD_SPACE, _MINUS = "\u00a0", "\u2212"


def number(n: float, *, decimals: int = 0) -> str:
    """A number with decimal point and commas between thousands: 12,345.6."""
    text = f"{abs(n):,.{decimals}f}"
    return f"{_MINUS}{text}" if n < 0 and any(digit in text for digit in "123456789") else text


def mean(n: float | None) -> str:
    """A mean with one decimal, or a dash where there is none."""
    return "–" if n is None else number(n, decimals=1)


def count(n: int | None) -> str:
    """A count, where None stands for one that the reader does not get."""
    return FEW if n is None else number(n)


def spoken_count(n: int | None) -> str:
    """The same for those who hear it read."""
    return "a hidden number" if n is None else number(n)


def reports(n: int | None) -> str:
    """`14 reports`, `1 report`, `a hidden number of reports`."""
    return f"{spoken_count(n)}{' of' if n is None else ''} {'report' if n == 1 else 'reports'}"


def day(value: date) -> str:
    """22 November 2026."""
    return f"{day_of_year(value)} {value.year}"


def day_of_year(value: date) -> str:
    """22 November."""
    return f"{value.day}{_HARD_SPACE}{MONTHS[value.month - 1]}"


def weekday(value: date) -> str:
    """Saturday 28 November."""
    return f"{WEEKDAYS[value.weekday()]} {day_of_year(value)}"


def weekday_name(number_of_day: int) -> str:
    """Monday is 0."""
    return WEEKDAYS[number_of_day]


def short_weekday(number_of_day: int) -> str:
    """Mon is 0."""
    return WEEKDAYS[number_of_day][:3]


def span(first: date, last: date) -> str:
    """16–29 November 2026, 30 November – 13 December 2026, 28 December 2026 – 10 January 2027."""
    if first == last:
        return day(first)
    if first.year != last.year:
        return f"{day(first)} – {day(last)}"
    if first.month != last.month:
        return f"{day_of_year(first)} – {day(last)}"
    return f"{first.day}–{day(last)}"


def weeks(first: date, last: date) -> str:
    """The ISO weeks of a period: week 47, or weeks 47–48."""
    begin, end = first.isocalendar().week, last.isocalendar().week
    return f"week{_HARD_SPACE}{begin}" if begin == end else f"weeks{_HARD_SPACE}{begin}–{end}"


def clock(value: datetime, *, zone: tzinfo) -> str:
    """19:30, local time."""
    return value.astimezone(zone).strftime("%H:%M")


def at_clock(said: str) -> str:
    """`at 19:30`."""
    return f"at{_HARD_SPACE}{said}"


def moment(value: datetime, *, zone: tzinfo, today: date) -> str:
    """`today at 19:30`, `yesterday at 08:15`, `Tuesday 24 November at 19:30`; with the year where it is another."""
    local = value.astimezone(zone).date()
    near = {today: "today", today - timedelta(days=1): "yesterday", today + timedelta(days=1): "tomorrow"}
    name = near.get(local, weekday(local) if local.year == today.year else day(local))
    return f"{name} {at_clock(clock(value, zone=zone))}"


def time_span(starts: datetime, ends: datetime, *, zone: tzinfo) -> str:
    """When something takes place: `Saturday 28 November at 12:00–23:00`; the end with its day where that is another."""
    first, last = starts.astimezone(zone), ends.astimezone(zone)
    until = f"–{clock(last, zone=zone)}"
    if first.date() != last.date():
        until = f" – {weekday(last.date())} {at_clock(clock(last, zone=zone))}"
    return f"{weekday(first.date())} {at_clock(clock(first, zone=zone))}{until}"


def position(lat: float, lon: float) -> str:
    """`63.17650, 14.64000`: latitude, longitude, degrees."""
    return f"{lat:.5f}, {lon:.5f}"


def away(distance_m: float, bearing_deg: float) -> str:
    """`12 km to the south-east`; the bearing clockwise from north."""
    return f"{number(max(1, round(distance_m / 1000)))}{_HARD_SPACE}km to the {_WINDS[round(bearing_deg / 45) % 8]}"
