"""Short Swedish texts for the fictive reports: about places, never about a person, and each says that it is made up."""

from collections.abc import Mapping

MARK = "(fiktiv rapport)"

# {plats} becomes the place's name.
TEXTS: Mapping[tuple[str, str | None], tuple[str, ...]] = {
    ("order", "gathering"): (
        "Större samling vid {plats}, uppskattningsvis 15–20 ungdomar. Högljutt men inget våld.",
        "Återkommande samling efter skoltid vid {plats}. Resenärer väljer en annan väg.",
        "Samling vid entrén, {plats}. Hög musik och knuffar, lugnare efter en halvtimme.",
    ),
    ("order", "noise"): (
        "Hög musik från lägenhet vid {plats}, flera grannar har hört av sig.",
        "Fest på innergården vid {plats}. Tyst efter tillsägelse.",
    ),
    ("order", "intoxication"): (
        "Stökigt kring krogkön vid {plats} vid stängning.",
        "Flera berusade grupper vid {plats}, högljutt men inga slagsmål.",
    ),
    ("order", "public_drinking"): (
        "Alkohol på bänkarna vid {plats}, tomburkar kvar på marken.",
        "Sällskap dricker vid lekplatsen, {plats}. Barnfamiljer går därifrån.",
    ),
    ("order", "harassment"): (
        "Förbipasserande ofredades vid {plats}. Platsen upplevs otrygg kvällstid.",
        "Glåpord mot förbipasserande vid busskuren, {plats}.",
    ),
    ("order", "fireworks"): (
        "Fyrverkerier avfyrade mellan husen vid {plats}.",
        "Raketer mot fasad vid {plats}, ingen skadad.",
    ),
    ("damage", "vandalism"): (
        "Förstörd dörr till cykelrum vid {plats}.",
        "Sönderslagen bänk och välta papperskorgar vid {plats}.",
        "Skadad belysningsstolpe på gården, {plats}.",
    ),
    ("damage", "graffiti"): (
        "Klotter på fasad vid {plats}, cirka fyra kvadratmeter.",
        "Nytt klotter i gångtunneln vid {plats}.",
    ),
    ("damage", "arson_small"): (
        "Brand i papperskorg vid {plats}, släckt på platsen.",
        "Brand i miljöhus vid {plats}. Spridning till fasaden kunde hindras.",
    ),
    ("damage", "broken_glass"): (
        "Krossat glas vid busskuren, {plats}.",
        "Krossad ruta i entréparti vid {plats}, upptäckt på morgonen.",
    ),
    ("drugs", "suspected_dealing"): (
        "Misstänkt försäljning vid cykelparkeringen, {plats}. Korta möten, många bilar.",
        "Iakttagelser av misstänkta överlämningar bakom {plats}.",
    ),
    ("drugs", "suspected_use"): (
        "Misstänkt narkotikabruk i trapphus vid {plats}.",
        "Stark lukt av cannabis vid bänkarna, {plats}.",
    ),
    ("drugs", "paraphernalia"): (
        "Tomma zippåsar funna på gården vid {plats}.",
        "Kanyl funnen vid lekplatsen, {plats}. Omhändertagen.",
    ),
    ("violence", "assault"): (
        "Slagsmål utanför krogen vid {plats}. Polis på plats.",
        "Misshandel anmäld vid {plats}, lindriga skador.",
    ),
    ("violence", "threat"): (
        "Hotfull situation vid {plats}, lugnades av personal.",
        "Muntliga hot vid hållplatsen, {plats}.",
    ),
    ("violence", "robbery"): ("Rånförsök mot förbipasserande vid {plats}.",),
    ("violence", "weapon_seen"): ("Knivliknande föremål sett vid {plats}. Området söktes av.",),
    ("theft", "burglary"): (
        "Inbrott i källarförråd vid {plats}, flera förråd uppbrutna.",
        "Uppbruten dörr till föreningslokal vid {plats}.",
    ),
    ("theft", "bike_theft"): (
        "Låst cykel stulen från cykelställ vid {plats}.",
        "Två cyklar stulna ur cykelrum, {plats}.",
    ),
    ("theft", "shoplifting"): ("Butiksstöld vid {plats}, varor återlämnade.", "Snatteri i butik vid {plats}."),
    ("theft", "vehicle_crime"): (
        "Krossad sidoruta på bil vid parkeringen, {plats}.",
        "Stulna hjul från bil i garage vid {plats}.",
    ),
    ("traffic", "a_traktor"): (
        "A-traktorer kör slinga med hög musik vid {plats}.",
        "Burnouts på parkeringen vid {plats}, däckspår och buller.",
    ),
    ("traffic", "moped"): (
        "Moped på gångvägen vid {plats}.",
        "Mopeder i hög fart över gården, {plats}.",
    ),
    ("traffic", "speeding"): (
        "Höga hastigheter förbi övergångsstället, {plats}.",
        "Bilar kör fort genom bostadsområdet vid {plats}.",
    ),
    ("traffic", "illegal_parking"): ("Felparkerade bilar spärrar utryckningsvägen vid {plats}.",),
    ("environment", "lighting"): (
        "Släckt belysning längs gångvägen vid {plats}.",
        "Mörkt i gångtunneln vid {plats}, tre armaturer ur funktion.",
        "Belysningen på parkeringen vid {plats} fungerar inte.",
    ),
    ("environment", "vegetation"): ("Buskar växer ut över gångvägen vid {plats}.",),
    ("environment", "litter"): (
        "Mycket skräp kring bänkarna vid {plats}.",
        "Överfull papperskorg och glas på marken, {plats}.",
    ),
    ("environment", "maintenance"): (
        "Trasigt räcke i trappan vid {plats}.",
        "Entrédörr som inte går i lås vid {plats}.",
    ),
    ("environment", "sightlines"): ("Skymd sikt vid gångpassagen, {plats}: häcken behöver klippas.",),
    ("environment", "snow_ice"): (
        "Halt och osandat på gångvägen vid {plats}.",
        "Snövall skymmer sikten vid övergångsstället, {plats}.",
    ),
    ("staff", "threat"): ("Personal utsatt för hot i reception vid {plats}. Rutin följd.",),
    ("staff", "harassment"): ("Upprepade glåpord mot personal vid {plats}.",),
    ("staff", "vandalism_against_staff"): ("Skadegörelse på tjänstebil vid {plats}.",),
    ("rumour", "social_media"): ("Uppmaningar i sociala medier om samling vid {plats}. Inget hände.",),
    ("rumour", "word_of_mouth"): ("Oro bland elever för bråk vid {plats}. Skolan informerad.",),
    ("positive", "adult_presence"): (
        "Nattvandring kring {plats}: god vuxennärvaro och många samtal.",
        "Flera vuxna på plats vid {plats}, lugn kväll.",
    ),
    ("positive", "calm"): ("Lugnt vid {plats} hela kvällen.", "Ovanligt lugnt för att vara helg, {plats}."),
    ("positive", "successful_action"): ("Ny belysning vid {plats} har gjort platsen tryggare, säger de boende.",),
    ("other", None): ("Iakttagelse vid {plats} som inte passar någon annan kategori.",),
}
