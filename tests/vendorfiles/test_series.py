"""Which backups follow one another, so that of each the newest is kept, and none too few."""

import pytest

from bewaar.vendorfiles import Unit, series_of, units_in

SAME = [
    ("20260301-430-SQL2008-Jansen.ebu", "20260302-430-SQL2008-Jansen.ebu"),
    ("Visma Koncern 2026-03-03.pbu", "Visma Koncern 2026-03-04.pbu"),
    ("Jansen 03-03-2026.zip", "Jansen 04-03-2026.zip"),
    ("boek_2026_03_03_220001_1234567.bak", "boek_2026_03_04_220002_7654321.bak"),
    ("Jansen 2026-03-03 14.02.qbb", "Jansen 2026-03-04 09.15.qbb"),
    ("Backup.ptb", "Backup (2).ptb"),
    ("J-20260303T1402.bacpac", "j-20260304T0915.BACPAC"),
]
OTHERS = [
    ("20260301-430-SQL2008-Jansen.ebu", "20260301-430-SQL2008-Pieters.ebu"),
    ("Admba001.bck", "Admba002.bck"),
    ("20260301 1234.ebu", "20260301 1235.ebu"),  # numbers of companies, for all that we know
    ("20261399.bak", "20261499.bak"),  # no dates
    ("a/Jansen 2026-03-03.ebu", "b/Jansen 2026-03-04.ebu"),
    ("Jansen 2026-03-03.ebu", "Jansen 2026-03-03.bak"),
    ("12026030311.bak", "12026030411.bak"),
]


@pytest.mark.parametrize(("one", "other"), SAME)
def test_the_same_name_with_another_date_is_the_same_series(one: str, other: str) -> None:
    assert series_of(one) == series_of(other)


@pytest.mark.parametrize(("one", "other"), OTHERS)
def test_what_may_be_another_company_is_another_series(one: str, other: str) -> None:
    assert series_of(one) != series_of(other)


def test_a_pair_is_one_backup_and_a_half_says_what_it_lacks() -> None:
    found = list(units_in(["A.zip", "a.ZTX", "b.ztx", "c.zip", "info.txt", ".x", "~$b.zip"]))
    assert found == [
        Unit(paths=("A.zip", "a.ZTX")),
        Unit(paths=("b.ztx",), missing="b.zip"),
        Unit(paths=("c.zip",), missing="c.ztx"),
    ]


def test_a_zip_alone_is_whole_where_no_pairs_are_made() -> None:
    assert list(units_in(["a.zip", "b.ebu"])) == [Unit(paths=("a.zip",)), Unit(paths=("b.ebu",))]
    (lonely,) = units_in(["a.zip"], [(".zip", ".ztx")])
    assert lonely.missing == "a.ztx"
