"""Reads the import file of the lodging portal by openpyxl, which shares nothing with what wrote it.

Arguments: the workbook and tests/wire/lodging/import-file.json, typed by hand from the facts. Ends with 0 only if sheets,
headers, fourth row and guests are as typed, every cell is text with the format '@', and nothing is a formula.
"""

import json
import sys

from openpyxl import load_workbook


def column(sheet, letter: str):
    return [cell.value for cell in sheet[letter][1:] if cell.value is not None]


def faults(workbook, expected):
    if workbook.sheetnames != expected["sheets"]:
        yield f"sheets: {workbook.sheetnames}"
        return
    guests, provinces, communes, lists = (workbook[name] for name in expected["sheets"])
    for sheet in workbook:
        for row in sheet.iter_rows():
            for cell in row:
                where = f"{sheet.title}!{cell.coordinate}"
                if cell.number_format != "@":
                    yield f"{where}: format {cell.number_format!r}"
                if cell.value is not None and cell.data_type not in ("s", "inlineStr"):
                    yield f"{where}: type {cell.data_type!r}"
    rows = [[cell.value for cell in row] for row in guests.iter_rows()]
    if rows[2] != expected["header"]:
        yield f"row 3: {rows[2]}"
    if rows[3][0] != expected["row_4_begins"]:
        yield f"row 4: {rows[3]}"
    for number, (found, wanted) in enumerate(zip(rows[4:], expected["guests"]), start=5):
        if found != wanted:
            yield f"row {number}: {found}"
    if len(rows) != 4 + len(expected["guests"]):
        yield f"{len(rows)} rows"
    if column(provinces, "A") != expected["provinces"] or column(communes, "A") != expected["communes"]:
        yield "TINH_THANH or PHUONG_XA"
    if expected["reason_18"] not in [cell.value for row in lists.iter_rows() for cell in row]:
        yield "DANH_MUC"


def main() -> int:
    workbook, expected = sys.argv[1:]
    with open(expected, encoding="utf-8") as file:
        wanted = json.load(file)
    found = list(faults(load_workbook(workbook), wanted))
    for fault in found:
        print(fault, file=sys.stderr)
    print(f"{len(wanted['guests'])} guests")
    return 1 if found else 0


sys.exit(main())
