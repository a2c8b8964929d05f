"""Roll calls for tests, in the columns of the UN Digital Library."""

from collections.abc import Iterable, Sequence

COLUMNS = (
    "undl_id,ms_code,ms_name,ms_vote,date,session,resolution,draft,committee_report,meeting,"
    "title,agenda_title,subjects,vote_note,total_yes,total_no,total_abstentions,"
    "total_non_voting,total_ms,undl_link"
)
NAMES = {
    "CHN": "CHINA",
    "IND": "INDIA",
    "IRN": "IRAN (ISLAMIC REPUBLIC OF)",
    "PRK": "DEMOCRATIC PEOPLE'S REPUBLIC OF KOREA",
    "RUS": "RUSSIAN FEDERATION",
    "USA": "UNITED STATES",
}


def row(
    roll: str,
    code: str,
    vote: str,
    day: str = "2023-12-04",
    session: str = "78",
    *,
    name: str = "",
) -> str:
    told = name or NAMES[code]
    return (
        f"{roll},{code},{told},{vote},{day},{session},A/RES/{session}/1,,,A/{session}/PV.1,"
        f'"Peace, and ""quiet""\nin our time",,,,1,2,"1,234",4,193,https://x.example/{roll}'
    )


def roll_call(roll: str, votes: str, day: str = "2023-12-04", session: str = "78") -> list[str]:
    """Write a roll call: `CHN:Y RUS:N`."""
    pairs = (each.split(":") for each in votes.split())
    return [row(roll, code, vote, day, session) for code, vote in pairs]


def table(*rolls: Sequence[str] | str, columns: str = COLUMNS) -> bytes:
    lines: Iterable[str] = (
        line for roll in rolls for line in ([roll] if isinstance(roll, str) else roll)
    )
    return ("\n".join([columns, *lines]) + "\n").encode()


LATER = roll_call("9", "CHN:Y RUS:Y", "2024-12-05", "79")
"""A roll call of the year after, which makes 2023 complete."""
