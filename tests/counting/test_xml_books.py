"""Books and audit files in XML: read to the end, whole or not at all."""

import gzip
from pathlib import Path

import pytest

from tests.counting.books import counted, reason, text, told, transactions
from tests.samples import gnucash_xml

GNUCASH = """<?xml version="1.0" encoding="utf-8" ?>
<gnc-v2 xmlns:gnc="http://www.gnucash.org/XML/gnc" xmlns:trn="http://www.gnucash.org/XML/trn"
     xmlns:split="http://www.gnucash.org/XML/split" xmlns:cd="http://www.gnucash.org/XML/cd"
     xmlns:slot="http://www.gnucash.org/XML/slot">
<gnc:count-data cd:type="book">1</gnc:count-data>
<gnc:book version="2.0.0">
<gnc:count-data cd:type="account">9</gnc:count-data>
<gnc:count-data cd:type="transaction">{told}</gnc:count-data>
<gnc:transaction version="2.0.0"><trn:splits>
  <trn:split><split:value>1250/100</split:value><split:quantity>1250/100</split:quantity>
    <split:slots><slot><slot:value type="string">café</slot:value></slot></split:slots></trn:split>
  <trn:split><split:value>{value}</split:value></trn:split>
</trn:splits></gnc:transaction>
<gnc:transaction version="2.0.0"><trn:splits></trn:splits></gnc:transaction>
<gnc:template-transactions>
  <gnc:transaction version="2.0.0"><trn:splits>
    <trn:split><split:value>7/1</split:value></trn:split></trn:splits></gnc:transaction>
</gnc:template-transactions>
</gnc:book>
</gnc-v2>
"""


@pytest.mark.parametrize("compressed", [False, True])
def test_templates_of_scheduled_bookings_are_no_bookings(compressed: bool, tmp_path: Path) -> None:
    content = GNUCASH.format(told=2, value="-25/2")
    found = counted("gnucash.xml", text(tmp_path / "a.gnucash", content, compressed=compressed))
    assert (found.counts.transactions, told(found)) == (2, [])


def test_a_book_that_says_another_number_than_it_holds_is_told(tmp_path: Path) -> None:
    found = counted("gnucash.xml", text(tmp_path / "a", GNUCASH.format(told=5, value="-25/2")))
    assert found.counts.transactions == 2
    assert told(found) == [("counts.declared", {"path": "a", "told": 5, "found": 2})]


def test_splits_that_do_not_come_to_zero_are_told(tmp_path: Path) -> None:
    found = counted("gnucash.xml", text(tmp_path / "a", GNUCASH.format(told=2, value="-1249/100")))
    assert [code for code, _ in told(found)] == ["counts.unbalanced", "counts.voucher.undated"]
    assert told(found)[1][1]["off"] == "0.01"


def test_an_amount_without_end_is_no_amount(tmp_path: Path) -> None:
    found = counted(
        "gnucash.xml", text(tmp_path / "a", GNUCASH.format(told=2, value="1e999999999"))
    )
    assert found.counts.transactions is None


@pytest.mark.parametrize("keep", [0.1, 0.5, 0.99])
@pytest.mark.parametrize("compressed", [False, True])
def test_a_book_cut_short_is_unknown(compressed: bool, keep: float, tmp_path: Path) -> None:
    file = gnucash_xml(tmp_path / "a.gnucash", transactions=50, compressed=compressed)
    file.write_bytes(file.read_bytes()[: int(file.stat().st_size * keep)])
    assert reason(counted("gnucash.xml", file))


def test_a_damaged_compressed_book_is_unknown(tmp_path: Path) -> None:
    file = gnucash_xml(tmp_path / "a.gnucash", transactions=500, compressed=True)
    data = bytearray(file.read_bytes())
    data[-6] ^= 1  # the checksum: all elements come out before it
    file.write_bytes(data)
    assert "BadGzipFile" in reason(counted("gnucash.xml", file))


def test_entities_are_not_expanded(tmp_path: Path) -> None:
    bomb = '<!DOCTYPE x [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;">]>'
    file = text(
        tmp_path / "a.gnucash", f"{bomb}<gnc-v2><gnc:transaction>&b;</gnc:transaction></gnc-v2>"
    )
    assert reason(counted("gnucash.xml", file)) == "declares entities"


def test_a_web_page_under_the_name_of_a_book_is_unknown(tmp_path: Path) -> None:
    file = text(tmp_path / "a.gnucash", "<html><body>404 Not Found</body></html>")
    assert reason(counted("gnucash.xml", file)) == "<html>"


@pytest.mark.parametrize("encoding", ["utf-8", "utf-16", "iso-8859-1", "windows-1252"])
def test_other_code_pages_are_read(encoding: str, tmp_path: Path) -> None:
    head = f'<?xml version="1.0" encoding="{encoding}"?>'
    content = f'{head}<homebank v="1.4"><ope wording="café"/></homebank>'
    assert transactions("homebank.xml", text(tmp_path / "a.xhb", content, encoding=encoding)) == 1


KMYMONEY = """<?xml version="1.0" encoding="utf-8"?>
<!DOCTYPE KMYMONEY-FILE>
<KMYMONEY-FILE>
 <TRANSACTIONS count="2"><TRANSACTION id="T1"/><TRANSACTION id="T2"/></TRANSACTIONS>
 <SCHEDULES count="1"><SCHEDULED_TX id="S1"><TRANSACTION id=""/></SCHEDULED_TX></SCHEDULES>
</KMYMONEY-FILE>
"""


def test_schedules_of_kmymoney_are_no_bookings(tmp_path: Path) -> None:
    found = counted("kmymoney.xml", text(tmp_path / "a.kmy", KMYMONEY, compressed=True))
    assert (found.counts.transactions, told(found)) == (2, [])


def test_kmymoney_without_a_ledger_is_unknown(tmp_path: Path) -> None:
    file = text(tmp_path / "a.kmy", "<KMYMONEY-FILE><PAYEES/></KMYMONEY-FILE>")
    assert reason(counted("kmymoney.xml", file)) == "no TRANSACTIONS"


def test_schedules_of_grisbi_are_no_bookings(tmp_path: Path) -> None:
    content = '<Grisbi><Transaction Nb="1"/><Transaction Nb="2"/><Scheduled Nb="1"/></Grisbi>'
    assert transactions("grisbi.xml", text(tmp_path / "a.gsb", content)) == 2


def test_templates_of_homebank_are_no_bookings(tmp_path: Path) -> None:
    content = '<homebank><account key="1"/><fav nb="1"/><ope date="1"/><ope date="2"/></homebank>'
    assert transactions("homebank.xml", text(tmp_path / "a.xhb", content)) == 2


XAF = """<?xml version="1.0" encoding="UTF-8"?>
<auditfile xmlns="http://www.auditfiles.nl/XAF/3.2"><company>
 <openingBalance><linesCount>9</linesCount><obLine><amnt>1</amnt><amntTp>D</amntTp></obLine>
 </openingBalance>
 <transactions><linesCount>{lines}</linesCount><totalDebit>121</totalDebit>
  <journal><jrnID>20</jrnID>
   <transaction><nr>1</nr>
    <trLine><amnt>100.00</amnt><amntTp>D</amntTp><vat><vatAmnt>21</vatAmnt></vat></trLine>
    <trLine><amnt>21.00</amnt><amntTp>D</amntTp></trLine>
    <trLine><amnt>{credit}</amnt><amntTp>C</amntTp></trLine>
   </transaction>
   <transaction><nr>2</nr></transaction>
  </journal>
 </transactions></company></auditfile>
"""


def test_an_audit_file_has_the_bookings_of_its_journals(tmp_path: Path) -> None:
    found = counted("xaf.transactions", text(tmp_path / "a.xaf", XAF.format(lines=3, credit=121)))
    assert (found.counts.transactions, told(found)) == (2, [])


def test_an_audit_file_is_held_against_what_it_says(tmp_path: Path) -> None:
    found = counted("xaf.transactions", text(tmp_path / "a.xaf", XAF.format(lines=9, credit=120)))
    assert found.counts.transactions == 2
    assert told(found) == [
        ("counts.declared", {"path": "a.xaf", "told": 9, "found": 3}),
        ("counts.unbalanced", {"path": "a.xaf", "n": 1}),
        ("counts.voucher.undated", {"voucher": "1", "off": "1.00"}),
    ]


def test_a_sum_no_books_can_hold_is_told_without_writing_it_out(tmp_path: Path) -> None:
    file = text(tmp_path / "a.xaf", XAF.format(lines=3, credit="1E+999999"))
    ((_, first),) = [each for each in told(counted("xaf.transactions", file)) if "off" in each[1]]
    assert first["off"] == "?"


def test_an_amount_that_is_none_makes_an_audit_file_unknown(tmp_path: Path) -> None:
    file = text(tmp_path / "a.xaf", XAF.format(lines=3, credit="veel"))
    assert "InvalidOperation" in reason(counted("xaf.transactions", file))


SAFT = """<n1:AuditFile xmlns:n1="urn:StandardAuditFile-Taxation-Financial:NO"><n1:MasterFiles/>
<n1:GeneralLedgerEntries><n1:NumberOfEntries>{told}</n1:NumberOfEntries>
<n1:Journal><n1:Transaction/><n1:Transaction/></n1:Journal><n1:Journal><n1:Transaction/></n1:Journal>
</n1:GeneralLedgerEntries></n1:AuditFile>"""


def test_prefixes_of_saft_do_not_matter(tmp_path: Path) -> None:
    found = counted("saft.transactions", text(tmp_path / "a.xml", SAFT.format(told=4)))
    assert found.counts.transactions == 3
    assert told(found) == [("counts.declared", {"path": "a.xml", "told": 4, "found": 3})]


def test_saft_with_invoices_only_is_unknown(tmp_path: Path) -> None:
    file = text(tmp_path / "a.xml", "<AuditFile><SourceDocuments/></AuditFile>")
    assert reason(counted("saft.transactions", file)) == "no GeneralLedgerEntries"


def test_a_compressed_file_in_two_pieces_is_read_to_its_end(tmp_path: Path) -> None:
    file = tmp_path / "a.xhb"
    file.write_bytes(gzip.compress(b"<homebank><ope/>") + gzip.compress(b"<ope/></homebank>"))
    assert transactions("homebank.xml", file) == 2
