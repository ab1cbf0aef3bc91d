"""A folder of dBASE tables with the invoices that belong to them."""

import struct
from collections.abc import Sequence
from datetime import date
from pathlib import Path

from bewaar.demo.bookings import ACCOUNTS, Booking

_FIELDS = (
    ("DATUM", "D", 8),
    ("TEKST", "C", 40),
    ("DEBET", "C", 20),
    ("CREDIT", "C", 20),
    ("CENT", "N", 10),
)


def write(folder: Path, bookings: Sequence[Booking], today: date) -> None:
    """Write the tables of an administration, and an invoice for each of its debtors' bookings."""
    documents = folder / "Documenten"
    documents.mkdir(parents=True, exist_ok=True)
    rows = [
        (f"{b.day:%Y%m%d}", b.text, b.debit, b.credit, str(b.cents).rjust(10)) for b in bookings
    ]
    (folder / "BOEKING.DBF").write_bytes(_table(_FIELDS, rows, today))
    accounts = [(str(1000 + n), name) for n, name in enumerate(ACCOUNTS)]
    fields = (("NUMMER", "C", 8), ("NAAM", "C", 40))
    (folder / "REKENING.DBF").write_bytes(_table(fields, accounts, today))
    invoices = [b for b in bookings if b.debit == "Debiteuren"]
    for number, booking in enumerate(invoices, 1):
        name = f"Factuur {booking.day.year}-{number:04}.pdf"
        text = f"Factuur {number}: {booking.text}, EUR {booking.cents / 100:.2f}"
        (documents / name).write_bytes(_page(text))


def _table(
    fields: Sequence[tuple[str, str, int]], rows: Sequence[Sequence[str]], today: date
) -> bytes:
    """Return a dBASE III table: a header of 32 bytes, one for each field, then fixed rows."""
    width = 1 + sum(size for _, _, size in fields)
    head = struct.pack(
        "<BBBBIHH20x",
        *(3, today.year - 1900, today.month, today.day),
        *(len(rows), 32 * len(fields) + 33, width),
    )
    for name, kind, size in fields:
        head += struct.pack("<11sc4xBB14x", name.encode(), kind.encode(), size, 0)
    sizes = [size for _, _, size in fields]
    body = b"".join(
        b" " + b"".join(_cell(value, size) for value, size in zip(row, sizes, strict=True))
        for row in rows
    )
    return head + b"\r" + body + b"\x1a"


def _cell(value: str, size: int) -> bytes:
    return value.encode("cp850", "replace")[:size].ljust(size)


def _page(text: str) -> bytes:
    """Return a PDF of one page with one line on it."""
    escaped = text.replace("\\", "").replace("(", "").replace(")", "")
    line = f"BT /F1 14 Tf 72 760 Td ({escaped}) Tj ET"
    objects = [
        "<< /Type /Catalog /Pages 2 0 R >>",
        "<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
        "<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents 4 0 R /Resources 6 0 R >>",
        f"<< /Length {len(line)} >>\nstream\n{line}\nendstream",
        "<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>",
        "<< /Font << /F1 5 0 R >> >>",
    ]
    written, places = b"%PDF-1.4\n", []
    for number, content in enumerate(objects, 1):
        places.append(len(written))
        written += f"{number} 0 obj\n{content}\nendobj\n".encode("latin-1", "replace")
    table = "".join(f"{place:010} 00000 n \n" for place in places)
    end = f"xref\n0 {len(places) + 1}\n0000000000 65535 f \n{table}"
    end += f"trailer << /Size {len(places) + 1} /Root 1 0 R >>\nstartxref\n{len(written)}\n%%EOF\n"
    return written + end.encode()
