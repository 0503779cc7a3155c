"""The named places of the demo and the area tree above them. Real names, positions known to some hundred metres."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """A place and the area around it. e, n: SWEREF 99 TM, metres. reach_m: how far its island stretches."""

    code: str
    name: str
    e: int
    n: int
    reach_m: int


# Codes are NYKO-like: every further digit is one level deeper, after the municipality's own code and two digits for
# the kommundel. Only those with a place of their own are drawn; NYKO has more.
MUNICIPALITY = ("2380", "Östersunds kommun")
KOMMUNDELAR = {"01": "Östersund", "02": "Frösö", "07": "Brunflo"}
STADSDELAR = {
    "011": "Staden",
    "012": "Stadsdel Norr",
    "013": "Söder",
    "014": "Körfältet",
    "015": "Odensala",
    "016": "Torvalla",
    "017": "Lugnvik",
    "018": "Lillänge",
    "021": "Hornsberg",
    "022": "Valla",
    "071": "Brunflo tätort",
}

# A place whose code is a stadsdel's fills it alone; the others share theirs.
PLACES = (
    Place(code="0111", name="Stortorget", e=481700, n=7005418, reach_m=620),
    Place(code="0112", name="Busstorget", e=481875, n=7005305, reach_m=620),
    Place(code="0113", name="Badhusparken", e=481447, n=7005308, reach_m=560),
    Place(code="0114", name="Centralstationen", e=481756, n=7004615, reach_m=700),
    Place(code="0121", name="Arenan", e=481981, n=7006196, reach_m=800),
    Place(code="0122", name="Campus", e=482582, n=7005691, reach_m=650),
    Place(code="0131", name="Karlslund", e=482274, n=7004579, reach_m=650),
    Place(code="0132", name="Sjukhuset", e=482830, n=7004854, reach_m=600),
    Place(code="014", name="Körfältet", e=483279, n=7004128, reach_m=750),
    Place(code="015", name="Odensala", e=484130, n=7003121, reach_m=1000),
    Place(code="0161", name="Torvalla centrum", e=486141, n=7002109, reach_m=1000),
    Place(code="0162", name="Fjällmon", e=486646, n=7002330, reach_m=900),
    Place(code="017", name="Lugnvik", e=480887, n=7008487, reach_m=1300),
    Place(code="018", name="Lillänge", e=483395, n=7007136, reach_m=1000),
    Place(code="021", name="Hornsberg", e=480469, n=7005815, reach_m=800),
    Place(code="022", name="Valla", e=478352, n=7005494, reach_m=1300),
    Place(code="071", name="Brunflo tätort", e=491563, n=6994179, reach_m=1500),
)
