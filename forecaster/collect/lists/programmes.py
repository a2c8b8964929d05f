"""Which country a sanctions programme is about; the tags of the lists, declared, never guessed."""

import re
from collections.abc import Iterable

_ABOUT = (
    # the tags that OFAC defines on its page of program tag definitions
    ("RUS", r"RUSSIA-EO[0-9]+|UKRAINE-EO[0-9]+|CAATSA - RUSSIA|PEESA(-EO14039)?|MAGNIT"),
    ("IRN", r"IRAN(-.+)?|IFSR|IFCA(-.+)?|IRGC|ISA|HRIT-IR|FSE-IR|13599|561-RELATED|CAATSA - IRAN"),
    ("PRK", r"DPRK(-.+|[0-9])?"),
    ("CHN", r"(NS-)?CMIC(-.+)?|CCMC|HK-EO13936|UHRPA"),
    # UN Security Council: the value of UN_LIST_TYPE
    ("IRN", r"1737"),
    # EU: programme keys of the transcribed Official Journal
    ("RUS", r"EU-(UKR|RUS|RUSDA|HYBRID)"),
    ("IRN", r"EU-IRN(-.+)?|EU-IRNUAV"),
    ("PRK", r"EU-PRK"),
)
_ABOUT_NO_ACTOR = (
    r"BALKANS(-.+)?|BELARUS(-.+)?|BPI-.+|BURMA-.+|BURUNDI|CAR|CUBA|CYBER[0-9]|DARFUR|DRCONGO",
    r"ELECTION-.+|ETHIOPIA-.+|FTO|FSE-SY|GLOMAG|HIFPAA|HOSTAGES-.+|HRIT-SY|ICC-.+|ILLICIT-.+",
    r"IRAQ[0-9]|LEBANON|LIBYA[0-9]|MALI-.+|NICARAGUA(-.+)?|NPWMD|NS-PLC|PAARSSR?-.+|SDGT|SDNTK?",
    r"SDT|SOMALIA|SOUTH SUDAN|SSIDES|SUDAN(-.+)?|SYRIA(-.+)?|TCO|VENEZUELA(-.+)?|WEST-BANK-.+",
    r"YEMEN|ZIMBABWE",
    r"Al-Qaida|CAR|DRC|GB|Haiti|Iraq|Libya|Mali|Somalia|SouthSudan|Sudan|Taliban|Yemen",
    r"EU-(?!UKR|RUS|IRN|PRK|CHN)[A-Z0-9-]+",
)
_PATTERNS = tuple((actor, re.compile(pattern, re.IGNORECASE)) for actor, pattern in _ABOUT)
_OTHERS = re.compile("|".join(_ABOUT_NO_ACTOR), re.IGNORECASE)


def actors_of(programmes: Iterable[str]) -> frozenset[str]:
    """List the actors that these programmes are about."""
    tags = tuple(programmes)
    return frozenset(
        actor for actor, pattern in _PATTERNS if any(pattern.fullmatch(tag) for tag in tags)
    )


def unknown(programmes: Iterable[str]) -> frozenset[str]:
    """List the programmes of which nobody has declared whom they are about."""
    return frozenset(
        tag for tag in programmes if not actors_of((tag,)) and not _OTHERS.fullmatch(tag)
    )
