"""Dumps as text: rows are counted as they are, whatever stands in them."""

import io

import pytest

from bewaar.servers import mariadb_script, postgresql_script
from bewaar.servers.scripts import Unfinished

HEAD = b"-- MariaDB dump 10.19\n\nLOCK TABLES `t` WRITE;\n"
END = b"UNLOCK TABLES;\n\n-- Dump completed\n"
ROWS = [b"(1,'a')", b"(2,'),(\\n;')", b"(3,'\\'(')", b"(4,NULL)", b"(-5.5,0x28FF)"]
COPY = b"-- Data for Name: t; Type: TABLE DATA; Schema: public; Owner: x\n--\n\n"
PG_END = b"--\n-- PostgreSQL database dump complete\n--\n\n"


def rows_of(text: bytes) -> int:
    (count,) = mariadb_script.read(io.BytesIO(HEAD + text + END)).rows.values()
    return count


@pytest.mark.parametrize("between", [b",\n", b","], ids=["a line each", "all on one"])
@pytest.mark.parametrize("columns", [b"", b" (`a b`, `c``(`)", b" (`a`, row_start, row_end)"])
@pytest.mark.parametrize("after", [b"\n", b" "])
def test_rows_of_mariadb_are_counted(between: bytes, columns: bytes, after: bytes) -> None:
    insert = b"INSERT INTO `t`" + columns + b" VALUES" + after + between.join(ROWS) + b";\n"
    assert rows_of(insert) == len(ROWS)
    assert rows_of(insert * 3) == 3 * len(ROWS)


def test_a_row_longer_than_a_block_is_one_row() -> None:
    long = b"(1,'" + b"x),(" * 700_000 + b"')"
    assert rows_of(b"INSERT INTO `t` (`a`, `b`) VALUES " + long + b",\n(2,'');\n") == 2
    assert rows_of(b"INSERT INTO `t` VALUES\n(0,'')," + b"\n" + long + b";\n") == 2


def test_the_same_rows_have_the_same_mark_and_others_another() -> None:
    insert = b"INSERT INTO `t` VALUES\n(1,'a'),\n(2,'b');\n"
    one = mariadb_script.read(io.BytesIO(HEAD + insert + END))
    newer = HEAD.replace(b"10.19", b"11.8")
    assert mariadb_script.read(io.BytesIO(newer + insert + END)) == one
    changed = insert.replace(b"'b'", b"'c'")
    assert mariadb_script.read(io.BytesIO(HEAD + changed + END)).mark != one.mark


@pytest.mark.parametrize(
    "text",
    [
        HEAD,
        HEAD + b"INSERT INTO `t` VALUES\n(1,'a'),\n",
        HEAD + b"INSERT INTO `t` VALUES\n(1,'-- Dump completed');\n",
        HEAD + END + b"INSERT INTO `t` VALUES\n",
    ],
)
def test_a_script_of_mariadb_without_its_end_is_none(text: bytes) -> None:
    with pytest.raises(Unfinished):
        mariadb_script.read(io.BytesIO(text))


def test_names_of_postgresql_are_told_apart() -> None:
    tables = [b'public."a.b"', b"public.a", b'"a.b".c', b'a."b.c"', b'"x""y"."p\nq"']
    text = b"".join(COPY + b"COPY " + name + b" (i) FROM stdin;\n1\n\\.\n" for name in tables)
    found = postgresql_script.read(io.BytesIO(text + PG_END))
    assert found.rows == dict.fromkeys(
        ['public."a.b"', "public.a", '"a.b".c', 'a."b.c"', '"x""y".p\nq'], 1
    )


def test_windows_ends_its_lines_in_its_own_way_and_means_the_same() -> None:
    text = COPY + b"COPY public.t (i) FROM stdin;\n1\n2\n\\.\n" + PG_END
    windows = text.replace(b"\n", b"\r\n")
    assert postgresql_script.read(io.BytesIO(windows)) == postgresql_script.read(io.BytesIO(text))


def test_what_looks_like_rows_in_a_function_is_none() -> None:
    body = b"$$\nCOPY public.t (i) FROM stdin;\n1\n\\.\n$$;\n"
    assert postgresql_script.read(io.BytesIO(body + PG_END)).rows == {}


@pytest.mark.parametrize("text", [b"", COPY + b"COPY public.t (i) FROM stdin;\n" + PG_END])
def test_a_script_of_postgresql_without_its_end_is_none(text: bytes) -> None:
    with pytest.raises(Unfinished):
        postgresql_script.read(io.BytesIO(text))
