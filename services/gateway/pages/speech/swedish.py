"""Numbers, days and times as Swedes write them. Pure; `english` has the same functions."""

from datetime import date, datetime, timedelta, tzinfo

MONTHS = (
    "januari", "februari", "mars", "april", "maj", "juni",
    "juli", "augusti", "september", "oktober", "november", "december",
)  # fmt: skip
WEEKDAYS = ("måndag", "tisdag", "onsdag", "torsdag", "fredag", "lördag", "söndag")
_WINDS = ("norr", "nordost", "öster", "sydost", "söder", "sydväst", "väster", "nordväst")
# As statistics offices write what is there and not told.
FEW = ".."
_HARD_SPACE, _MINUS = "\u00a0", "\u2212"


def number(n: float, *, decimals: int = 0) -> str:
    """A number with decimal comma and hard spaces between thousands: 12 345,6."""
    text = f"{abs(n):,.{decimals}f}".replace(",", _HARD_SPACE).replace(".", ",")
    return f"{_MINUS}{text}" if n < 0 and any(digit in text for digit in "123456789") else text


def mean(n: float | None) -> str:
    """A mean with one decimal, or a dash where there is none."""
    return "–" if n is None else number(n, decimals=1)


def count(n: int | None) -> str:
    """A count, where None stands for one that the reader does not get."""
    return FEW if n is None else number(n)


def spoken_count(n: int | None) -> str:
    """The same for those who hear it read."""
    return "dolt antal" if n is None else number(n)


def reports(n: int | None) -> str:
    """`14 rapporter`, `1 rapport`, `dolt antal rapporter`."""
    return f"{spoken_count(n)} {'rapport' if n == 1 else 'rapporter'}"


def day(value: date) -> str:
    """22 november 2026."""
    return f"{value.day}{_HARD_SPACE}{MONTHS[value.month - 1]} {value.year}"


def day_of_year(value: date) -> str:
    """22 november."""
    return f"{value.day}{_HARD_SPACE}{MONTHS[value.month - 1]}"


def weekday(value: date) -> str:
    """Lördag 28 november: with a small letter, ready for the middle of a sentence."""
    return f"{WEEKDAYS[value.weekday()]} {day_of_year(value)}"


def weekday_name(number_of_day: int) -> str:
    """måndag is 0."""
    return WEEKDAYS[number_of_day]


def short_weekday(number_of_day: int) -> str:
    """mån is 0."""
    return WEEKDAYS[number_of_day].removesuffix("dag")


def span(first: date, last: date) -> str:
    """16–29 november 2026, 30 november – 13 december 2026, 28 december 2026 – 10 januari 2027."""
    if first == last:
        return day(first)
    if first.year != last.year:
        return f"{day(first)} – {day(last)}"
    if first.month != last.month:
        return f"{day_of_year(first)} – {day(last)}"
    return f"{first.day}–{day(last)}"


def weeks(first: date, last: date) -> str:
    """The ISO weeks of a period: vecka 47, or vecka 47–48."""
    begin, end = first.isocalendar().week, last.isocalendar().week
    return f"vecka{_HARD_SPACE}{begin}" if begin == end else f"vecka{_HARD_SPACE}{begin}–{end}"


def clock(value: datetime, *, zone: tzinfo) -> str:
    """19.30, local time."""
    return value.astimezone(zone).strftime("%H.%M")


def at_clock(said: str) -> str:
    """`kl. 19.30`."""
    return f"kl.{_HARD_SPACE}{said}"


def moment(value: datetime, *, zone: tzinfo, today: date) -> str:
    """`i dag kl. 19.30`, `i går kl. 08.15`, `tisdag 24 november kl. 19.30`; with the year where it is another."""
    local = value.astimezone(zone).date()
    near = {today: "i dag", today - timedelta(days=1): "i går", today + timedelta(days=1): "i morgon"}
    name = near.get(local, weekday(local) if local.year == today.year else day(local))
    return f"{name} {at_clock(clock(value, zone=zone))}"


def time_span(starts: datetime, ends: datetime, *, zone: tzinfo) -> str:
    """When something takes place: `lördag 28 november kl. 12.00–23.00`; the end with its day where that is another."""
    first, last = starts.astimezone(zone), ends.astimezone(zone)
    until = f"–{clock(last, zone=zone)}"
    if first.date() != last.date():
        until = f" – {weekday(last.date())} {at_clock(clock(last, zone=zone))}"
    return f"{weekday(first.date())} {at_clock(clock(first, zone=zone))}{until}"


def position(lat: float, lon: float) -> str:
    """`63,17650 ; 14,64000`: latitude, longitude, degrees."""
    return f"{lat:.5f} ; {lon:.5f}".replace(".", ",")


def away(distance_m: float, bearing_deg: float) -> str:
    """`12 km åt sydost`; the bearing clockwise from north."""
    return f"{number(max(1, round(distance_m / 1000)))}{_HARD_SPACE}km åt {_WINDS[round(bearing_deg / 45) % 8]}"


def sentence(text: str) -> str:
    """With a capital letter at its beginning."""
    return text[:1].upper() + text[1:]
