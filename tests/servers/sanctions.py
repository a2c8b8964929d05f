"""Publishers of sanctions lists, who write them as the real ones do; names are made up."""

from dataclasses import dataclass, field
from html import escape

import httpx

NOTHING = "-0- "
EU_HEADER = (
    "celex,recordId,programKey,annex,measure,startDate,reason,schema,name,alias,country,"
    "nationality,jurisdiction,birthPlace,flag,address"
)


@dataclass(frozen=True)
class Name:
    """One entry of a list."""

    number: int
    name: str = "NORTHERN LIGHTS LLC"
    programmes: tuple[str, ...] = ("RUSSIA-EO14024",)
    country: str = ""
    remark: str = ""
    alias: str = ""
    rest: str = ""  # of the remark


def _cell(text: str) -> str:
    return f'"{text}"' if text else NOTHING


def ofac(*names: Name) -> dict[str, bytes]:
    """Write OFAC's four files."""
    nothing = ",".join([NOTHING] * 7)
    files = {"SDN.CSV": "", "ADD.CSV": "", "ALT.CSV": "", "SDN_COMMENTS.CSV": ""}
    for one in names:
        tags = "] [".join(one.programmes)
        files["SDN.CSV"] += (
            f"{one.number},{_cell(one.name)},{NOTHING},{_cell(tags)},{nothing},{_cell(one.remark)}\r\n"
        )
        place = f'{NOTHING},"Town",{_cell(one.country)},{NOTHING}'
        files["ADD.CSV"] += f"{one.number},{one.number + 7},{place}\r\n"
        if one.alias:
            files["ALT.CSV"] += f'{one.number},9,"aka",{_cell(one.alias)},{NOTHING}\r\n'
        if one.rest:
            files["SDN_COMMENTS.CSV"] += f"{one.number},{_cell(one.rest)}\r\n"
    filler = {"ADD.CSV": f"1,1{f',{NOTHING}' * 4}", "ALT.CSV": f'1,1,"aka","x",{NOTHING}'}
    filler["SDN_COMMENTS.CSV"] = '1,"x"'
    files = {name: text or filler.get(name, "") for name, text in files.items()}
    return {name: (text + "\x1a").encode() for name, text in files.items()}


def un(*names: Name) -> bytes:
    """Write the UN's list."""
    entries = "".join(
        f"<ENTITY><DATAID>{one.number}</DATAID><FIRST_NAME>{escape(one.name)}</FIRST_NAME>"
        f"<UN_LIST_TYPE>{one.programmes[0]}</UN_LIST_TYPE>"
        f"<COMMENTS1>{escape(one.remark)}</COMMENTS1>"
        f"<ENTITY_ADDRESS><COUNTRY>{escape(one.country)}</COUNTRY></ENTITY_ADDRESS></ENTITY>"
        for one in names
    )
    return (
        '<?xml version="1.0" encoding="UTF-8" standalone="yes"?><CONSOLIDATED_LIST>'
        f"<INDIVIDUALS></INDIVIDUALS><ENTITIES>{entries}</ENTITIES></CONSOLIDATED_LIST>"
    ).encode()


def eu(*names: Name, act: str = "32014R0269") -> bytes:
    """Write one act's annexes."""
    rows = [
        f'{act},{one.number or ""},{one.programmes[0]},I.A,Asset freeze,1.2.2026,"{one.remark}",'
        f'LegalEntity,"{one.name}","{one.alias}",{one.country},,,,,'
        for one in names
    ]
    return "\n".join([EU_HEADER, *rows, ""]).encode()


@dataclass
class Publisher:
    """Answers with the files that it was given last."""

    files: dict[str, bytes] = field(default_factory=dict)
    asked: list[str] = field(default_factory=list)

    def publish(self, files: dict[str, bytes]) -> None:
        self.files.update(files)

    def __call__(self, request: httpx.Request) -> httpx.Response:
        name = request.url.path.rpartition("/")[2]
        self.asked.append(name)
        if name not in self.files:
            return httpx.Response(503)
        return httpx.Response(200, content=self.files[name])
