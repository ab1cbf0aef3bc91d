"""Tables whose meaning only their program knows: rows, exactly or not at all."""

import hashlib
import random
import shutil
import zipfile
from pathlib import Path

import pytest

from tests.counting.books import counted, reason, table, text, told
from tests.samples import SHARED, needs_samples

ROWS = [b" Jansen", b"*de Vries", b" Bakker", b"*", b" "]


def test_deleted_rows_are_not_counted(tmp_path: Path) -> None:
    found = counted("dbf.rows", table(tmp_path / "KLANTEN.DBF", ROWS))
    assert (dict(found.counts.tables), told(found)) == ({"KLANTEN.DBF": 3}, [])
    assert found.counts.transactions is None


def test_more_rows_than_are_read_at_once(tmp_path: Path) -> None:
    rows = [b"*" if number % 7 == 0 else b" " for number in range(300_000)]
    found = counted("dbf.rows", table(tmp_path / "A.DBF", rows))
    assert found.counts.tables == {"A.DBF": rows.count(b" ")}


@pytest.mark.parametrize("rows", [[], [b"*"]])
def test_an_empty_table_holds_nothing(rows: list[bytes], tmp_path: Path) -> None:
    assert counted("dbf.rows", table(tmp_path / "A.DBF", rows)).counts.tables == {"A.DBF": 0}


@pytest.mark.parametrize("spoil", ["cut", "longer", "row", "header", "web page", "empty"])
def test_a_table_that_is_not_whole_is_named_and_left_out(spoil: str, tmp_path: Path) -> None:
    table(tmp_path / "GOOD.DBF", ROWS)
    file = table(tmp_path / "BAD.DBF", ROWS)
    data = bytearray(file.read_bytes())
    if spoil == "row":
        data[65 + 11] = ord("x")
    whole: dict[str, bytes | bytearray] = {
        "cut": data[:-3],
        "longer": data + b"xx",
        "row": data,
        "header": bytes(200),
        "web page": b"<html>404 Not Found, and some more text</html>",
        "empty": b"",
    }
    file.write_bytes(bytes(whole[spoil]))
    found = counted("dbf.rows", tmp_path, single=False)
    assert found.counts.tables == {"GOOD.DBF": 3}
    ((code, params),) = told(found)
    assert (code, params["path"]) == ("counts.unknown", "BAD.DBF")


def test_companions_that_a_table_needs_are_missed(tmp_path: Path) -> None:
    table(tmp_path / "Both.DBF", ROWS, flags=3)
    (tmp_path / "BOTH.fpt").touch()
    (tmp_path / "both.Cdx").touch()
    table(tmp_path / "Fox.dbf", ROWS, flags=3)
    table(tmp_path / "dBase.dbf", ROWS, kind=0x83)
    table(tmp_path / "Books.dbc", ROWS, flags=7)
    (tmp_path / "books.dcx").touch()
    found = counted("dbf.rows", tmp_path, single=False)
    assert len(found.counts.tables) == 4
    assert {(params["path"], params["missing"]) for _, params in told(found)} == {
        ("Fox.dbf", "Fox.cdx"),
        ("Fox.dbf", "Fox.fpt"),
        ("dBase.dbf", "dBase.dbt"),
        ("Books.dbc", "Books.dct"),
    }


# ── Access ──────────────────────────────────────────────────────────────────────────────────

ACCESS = SHARED / "access" / "jahlborn+jackcess" / "src" / "test" / "data"
FILES = ("V1997/testV1997.mdb", "V2003/indexTestV2003.mdb", "V2010/delTestV2010.accdb")


@needs_samples
@pytest.mark.parametrize("name", FILES)
def test_an_encrypted_database_is_unknown(name: str, tmp_path: Path) -> None:
    file = tmp_path / Path(name).name
    data = (ACCESS / name).read_bytes()
    noise = random.Random(7).randbytes(len(data))
    page = 2048 if "1997" in name else 4096
    file.write_bytes(data[:page] + bytes(a ^ b for a, b in zip(data, noise, strict=True))[page:])
    assert "encrypted or damaged" in reason(counted("access.rows", file))


@needs_samples
@pytest.mark.parametrize("name", FILES)
def test_a_database_cut_short_is_unknown_or_right(name: str, tmp_path: Path) -> None:
    whole = counted("access.rows", ACCESS / name).counts.tables
    file = tmp_path / Path(name).name
    data = (ACCESS / name).read_bytes()
    for part in range(0, 100, 9):
        file.write_bytes(data[: len(data) * part // 100])
        found = counted("access.rows", file)
        assert found.counts.tables in ({}, whole)


@needs_samples
def test_a_version_that_is_not_known_is_unknown(tmp_path: Path) -> None:
    data = bytearray((ACCESS / FILES[1]).read_bytes())
    data[20] = 9
    (tmp_path / "a.mdb").write_bytes(data)
    assert reason(counted("access.rows", tmp_path / "a.mdb")) == "a version that is not known"


# ── bacpac ──────────────────────────────────────────────────────────────────────────────────

MODEL = b"<DataSchemaModel/>"
ORIGIN = """<?xml version="1.0"?><DacOrigin><ExportStatistics>
<TableRowCountTotalTag>{rows}</TableRowCountTotalTag></ExportStatistics>
<Checksums><Checksum Uri="/model.xml">{checksum}</Checksum></Checksums></DacOrigin>"""


def bacpac(file: Path, *, rows: str = "3308", model: bytes = MODEL, origin: str = ORIGIN) -> Path:
    checksum = hashlib.sha256(MODEL).hexdigest().upper()
    with zipfile.ZipFile(file, "w") as package:
        package.writestr("Origin.xml", origin.format(rows=rows, checksum=checksum))
        package.writestr("model.xml", model)
    return file


def test_the_total_of_a_bacpac_is_known(tmp_path: Path) -> None:
    found = counted("bacpac.rows", bacpac(tmp_path / "a.bacpac"))
    assert found.counts.tables == {"a.bacpac/*": 3308}


@pytest.mark.parametrize(
    ("wrong", "why"),
    [
        ({"model": b"<Other/>"}, "model.xml is not what was packed"),
        ({"rows": ""}, "no total of rows"),
        ({"origin": "<html>"}, "<html>"),
        ({"origin": "x" * (1 << 20) + "y"}, "Origin.xml is too long"),
    ],
)
def test_a_bacpac_that_contradicts_itself_is_unknown(
    wrong: dict[str, str], why: str, tmp_path: Path
) -> None:
    file = bacpac(tmp_path / "a.bacpac", **wrong)  # type: ignore[arg-type]
    assert reason(counted("bacpac.rows", file)) == why


def test_a_zip_that_is_no_bacpac_is_unknown(tmp_path: Path) -> None:
    with zipfile.ZipFile(tmp_path / "a.bacpac", "w") as package:
        package.writestr("readme.txt", "x")
    assert "KeyError" in reason(counted("bacpac.rows", tmp_path / "a.bacpac"))


# ── GDPdU ───────────────────────────────────────────────────────────────────────────────────

INDEX = """<?xml version="1.0" encoding="UTF-8"?>
<!DOCTYPE DataSet SYSTEM "gdpdu-01-09-2004.dtd">
<DataSet><Version>1.0</Version><Media><Name>CD</Name><Table>
<URL>{url}</URL><Name>Konten</Name>{encoding}<Range><From>{first}</From>{more}</Range>
<VariableLength><ColumnDelimiter>{column}</ColumnDelimiter><RecordDelimiter>&#10;</RecordDelimiter>
<VariableColumn><Name>foo</Name><AlphaNumeric/></VariableColumn></VariableLength>
</Table></Media></DataSet>"""


def gdpdu(folder: Path, *, data: bytes = b"a;b\n1;2\n", **changes: str) -> Path:
    plain = {"url": "data.csv", "encoding": "", "first": "1", "more": "", "column": ";"}
    text(folder / "index.xml", INDEX.format_map(plain | changes))
    (folder / "data.csv").write_bytes(data)
    return folder


@pytest.mark.parametrize(
    ("changes", "data", "rows"),
    [
        ({}, b"a;b\n1;2\n", 2),
        ({}, b'"a\n;""b";x\n1;2', 2),
        ({"first": "2"}, b"Konto;Name\n1;2\n3;4\n", 2),
        ({}, b"", 0),
        ({"first": "2"}, b"", 0),
        ({"encoding": "<UTF16/>"}, "ä;b\nü;d\n".encode("utf-16"), 2),
        ({"encoding": "<UTF8/>", "column": ","}, "ä,b\n\n".encode(), 1),
        ({}, "ä;b\n".encode("cp1252"), 1),
    ],
)
def test_rows_of_a_described_table_are_counted(
    changes: dict[str, str], data: bytes, rows: int, tmp_path: Path
) -> None:
    found = counted("gdpdu.rows", gdpdu(tmp_path, data=data, **changes), single=False)
    assert (dict(found.counts.tables), told(found)) == ({"data.csv/Konten": rows}, [])


@pytest.mark.parametrize(
    ("changes", "data"),
    [
        ({"column": "|C|"}, b"a|C|b\n"),
        ({"more": "<To>3</To>"}, b"a;b\n"),
        ({"encoding": "<UTF8/>"}, b"\xff\xfe;b\n"),
        ({}, b'"a;b\n'),
        ({"first": "zwei"}, b"a;b\n"),
    ],
)
def test_a_table_that_is_not_certain_is_named_and_left_out(
    changes: dict[str, str], data: bytes, tmp_path: Path
) -> None:
    found = counted("gdpdu.rows", gdpdu(tmp_path, data=data, **changes), single=False)
    assert found.counts.tables == {}
    assert [code for code, _ in told(found)] == ["counts.unknown"]


@pytest.mark.parametrize("url", ["weg.csv", "../data.csv", "/etc/passwd"])
def test_a_table_that_is_not_among_the_books_is_missed(url: str, tmp_path: Path) -> None:
    found = counted("gdpdu.rows", gdpdu(tmp_path, url=url), single=False)
    assert told(found) == [("counts.incomplete", {"path": "index.xml", "missing": url})]


@needs_samples
def test_tables_of_the_practice_set(tmp_path: Path) -> None:
    root = SHARED / "gdpdu" / "opencore+gdpdu-java" / "gdpdu-data-parser" / "src/test/resources"
    expected = {"data1": {"data.csv/Testdatei Nr. 1": 2}, "data2": {"data.csv/Testdatei Nr. 1": 3}}
    for name in ("data1", "data2", "data4"):
        folder = shutil.copytree(root / name, tmp_path / name)
        found = counted("gdpdu.rows", folder, single=False)
        assert found.counts.tables == expected.get(name, {})
