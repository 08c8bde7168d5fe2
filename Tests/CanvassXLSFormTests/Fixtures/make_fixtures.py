"""Makes the workbooks beside this file. Needs openpyxl and xlsxwriter; run it in this folder.

openpyxl and xlsxwriter stand for the programs people use; the rest is written part by part, to hold what no
well-behaved program writes.
"""

import datetime
import io
import struct
import zipfile
import zlib

import openpyxl
import xlsxwriter

MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
STRICT_MAIN = "http://purl.oclc.org/ooxml/spreadsheetml/main"
STRICT_OFFICE = "http://purl.oclc.org/ooxml/officeDocument/relationships"
PACKAGE = "http://schemas.openxmlformats.org/package/2006/relationships"


def parts(sheet, strings=None, main=MAIN, office=OFFICE, styles=None, workbook_properties=""):
    """The parts of a workbook with one sheet "survey", whose XML is given."""
    found = {
        "_rels/.rels": f'<Relationships xmlns="{PACKAGE}"><Relationship Id="r1" Type="{office}/officeDocument" '
        'Target="xl/workbook.xml"/></Relationships>',
        "xl/workbook.xml": f'<workbook xmlns="{main}" xmlns:r="{office}">{workbook_properties}'
        '<sheets><sheet name="survey" sheetId="1" r:id="r1"/></sheets></workbook>',
        "xl/_rels/workbook.xml.rels": f'<Relationships xmlns="{PACKAGE}">'
        f'<Relationship Id="r1" Type="{office}/worksheet" Target="/xl/worksheets/sheet1.xml"/>'
        f'<Relationship Id="r2" Type="{office}/sharedStrings" Target="sharedStrings.xml"/>'
        f'<Relationship Id="r3" Type="{office}/styles" Target="styles.xml"/></Relationships>',
        "xl/worksheets/sheet1.xml": sheet,
    }
    if strings:
        found["xl/sharedStrings.xml"] = strings
    if styles:
        found["xl/styles.xml"] = styles
    return found


def write(name, found, method=zipfile.ZIP_DEFLATED):
    with zipfile.ZipFile(name, "w", method) as archive:
        for part, text in found.items():
            archive.writestr(zipfile.ZipInfo(part), text, method)


def rows_xml(rows, main=MAIN):
    """A worksheet of inline strings."""
    body = "".join(
        "<row>" + "".join(f'<c t="inlineStr"><is><t>{cell}</t></is></c>' for cell in row) + "</row>" for row in rows
    )
    return f'<worksheet xmlns="{main}"><sheetData>{body}</sheetData></worksheet>'


TINY = [["type", "name", "label"], ["text", "a", "A"]]


def visit():
    """Most of what a form can hold, in the spellings of the reference. Written by openpyxl."""
    book = openpyxl.Workbook()
    sheet = book.active
    sheet.title = "Survey"
    sheet.append(
        ["type", "name", "label::English (en)", "label::Français (fr)", "hint::English (en)", "required",
         "required_message::English (en)", "relevant", "constraint", "constraint_message::English (en)", "calculation",
         "default", "choice_filter", "appearance", "read_only", "parameters", "canvass::metric", "canvass::missing",
         "media::image::English (en)", "trigger"])
    columns = [cell.value for cell in sheet[1]]

    def row(**cells):
        values = {key.replace("__", "::"): value for key, value in cells.items()}
        names = {"label": "label::English (en)", "fr": "label::Français (fr)", "hint": "hint::English (en)",
                 "required_message": "required_message::English (en)",
                 "constraint_message": "constraint_message::English (en)", "image": "media::image::English (en)"}
        values = {names.get(key, key): value for key, value in values.items()}
        sheet.append([values.get(column) for column in columns])

    row(type="start", name="start")
    row(type="today", name="today")
    row(type="text", name="shop", label="Shop", fr="Magasin", hint="As on the sign", required="yes",
        required_message="Which shop?")
    sheet.append([None, "   "])
    row(type="begin_group", name="visit", label="Visit", fr="Visite", relevant="${shop} != ‘’")
    row(type="select_one yesno", name="again", label="Again?", fr="Encore ?", canvass__metric="Repurchase",
        canvass__missing="8, 9 refused")
    row(type="range", name="score", label="Score", parameters="start=0 end=10 step=0.5", canvass__metric="nps")
    row(type="begin_group", name="inner", label="Inner")
    row(type="integer", name="age", label="Age", constraint=". >= 0 and . < 150", constraint_message="Between 0 and 149",
        default=30)
    row(type="end_group")
    row(type="end_group")
    row(type="begin_repeat", name="items", label="Items")
    row(type="select_multiple area", name="areas", label="Areas", choice_filter="country = ${shop}",
        appearance="minimal", image="areas.png", trigger="${shop}")
    row(type="end_repeat")
    row(type="calculate", name="total", calculation="${age} + 1", read_only="TRUE")
    row(type="geotrace", name="path", label="Path")
    row(type="note", name="bye", label="Thanks", fr="Merci")
    choices = book.create_sheet("choices")
    choices.append(["list_name", "name", "label::English (en)", "label::Español (es)", "country"])
    for line in [["yesno", 1, "Yes", "Sí"], ["yesno", 0, "No", "No"], ["area", "n", "North", None, "fr"],
                 ["area", "s", "South", None, "it"], ["unused", "x", "X"]]:
        choices.append(line)
    settings = book.create_sheet("settings")
    settings.append(["form_title", "form_id", "version", "default_language", "style"])
    settings.append(["Shop visit", "shop_visit", 2024.1, "fr", "pages"])
    book.create_sheet("notes").append(["A sheet that is no part of the form"])
    book.save("visit.xlsx")


def aliases():
    """The older spellings. Written by xlsxwriter: shared strings, rich text, booleans, a date, cached formulas."""
    book = xlsxwriter.Workbook("aliases.xlsx")
    survey = book.add_worksheet("SURVEY")
    bold = book.add_format({"bold": True})
    survey.write_row(0, 0, ["Type", " Name ", "Caption : English", "bind::relevant", "Constraint  Message", "bind:required",
                            "readonly", "disabled", "media:image", "bind::constraint"])
    survey.write_row(1, 0, ["Begin Group", "people", "People"])
    survey.write_row(2, 0, ["select one from yes_no", "eats", "", "", "", True])
    survey.write_rich_string(2, 2, "Do you ", bold, "eat", " here?")
    survey.write_row(3, 0, ["select all that apply from yes_no or specify other", "foods", "Foods", "${eats} = “1”"])
    survey.write_row(4, 0, ["q select1 yes_no", "likes", "Likes", "", "Why?", False, "yes"])
    survey.write_row(5, 0, ["add image prompt", "photo", "Photo", "", "", "", "", "", "p.png"])
    survey.write_row(6, 0, ["int", "gone", "Gone", "", "", "", "", "yes"])
    survey.write_row(7, 0, ["End  Group"])
    survey.write_row(8, 0, ["add date time prompt", "moment", "Moment"])
    survey.write_row(9, 0, ["imei", "device"])
    survey.write_row(10, 0, ["rank yes_no", "order"])
    survey.write_formula(10, 2, '="Or"&"der"', None, "Order")
    survey.write_row(11, 0, ["location", "place", "Place"])
    survey.write_row(12, 0, ["trigger", "agree", "Agree"])
    choices = book.add_worksheet("Choices")
    choices.write_row(0, 0, ["list name", "value", "label:English"])
    choices.write_row(1, 0, ["yes_no", 1, "Yes"])
    choices.write_row(2, 0, ["yes_no", 2.5, "Partly"])
    settings = book.add_worksheet("settings")
    settings.write_row(0, 0, ["set form title", "set form id", "version"])
    settings.write_row(1, 0, ["Old spellings", "old form-1"])
    settings.write_datetime(1, 2, datetime.datetime(2024, 2, 29), book.add_format({"num_format": "yyyy\\-mm\\-dd"}))
    book.close()


def mistakes():
    """Every mistake that refuses a form, each in a row of its own."""
    book = openpyxl.Workbook()
    sheet = book.active
    sheet.title = "survey"
    for line in [
        ["type", "name", "label", "parameters", "canvass::metric", "Label"],
        ["text", None, "No name"],
        ["note", None, "A note without a name"],
        ["text", "two words", "Blank in the name"],
        ["text", "1st", "Digit first"],
        ["text", "twice", "First"],
        ["text", "Twice", "Second"],
        ["select_one nowhere", "a", "No such list"],
        ["select_one", "b", "No list"],
        ["select_one yes no", "c", "Words after the list"],
        ["range", "d", "No step", "start=1 end=5 step=0"],
        ["text", "e", "No such metric", None, "npss"],
        [None, "f", "No type"],
        ["end_group", None, None],
        ["begin_group", "g", "Ended as a repeat"],
        ["end_repeat", None, None],
        ["begin_group", "h", "Never ended"],
        ["begin_group", "h", "The same name inside itself"],
        ["end_group", None, None],
    ]:
        sheet.append(line)
    choices = book.create_sheet("choices")
    for line in [["list_name", "name", "label"], ["l", "a", "A"], [None, "b", "No list"], ["l", None, "No name"],
                 ["l", "a", "Twice"], ["l", "a b", "A blank"]]:
        choices.append(line)
    book.save("mistakes.xlsx")


def field():
    """A small questionnaire that can be published, with one type that is not known; the tests of the command line use it."""
    book = openpyxl.Workbook()
    sheet = book.active
    sheet.title = "survey"
    for row in [
        ["type", "name", "label::English (en)", "label::Español (es)", "required", "relevant", "constraint",
         "constraint_message::English (en)", "canvass::metric"],
        ["integer", "score", "How likely are you to recommend us?", "¿Nos recomendaría?", "yes", None,
         ". >= 0 and . <= 10", "A whole number from 0 to 10", "nps"],
        ["select_one rating", "satisfaction", "How satisfied are you?", "¿Está satisfecho?", None, None, None, None,
         "csat"],
        ["text", "reason", "What should we do better?", "¿Qué podemos mejorar?", None, "${score} <= 6", None, None, None],
        ["geotrace", "way", "The way you came", "El camino", None, None, None, None, None],
    ]:
        sheet.append(row)
    sheet = book.create_sheet("choices")
    sheet.append(["list_name", "name", "label::English (en)", "label::Español (es)"])
    for code, english, spanish in [(1, "Not at all", "Nada"), (2, "A little", "Poco"), (3, "So-so", "Regular"),
                                   (4, "Quite", "Bastante"), (5, "Very", "Mucho")]:
        sheet.append(["rating", code, english, spanish])
    sheet = book.create_sheet("settings")
    sheet.append(["form_title", "form_id", "version", "default_language"])
    sheet.append(["Field visit", "field", "1", "English (en)"])
    book.save("field.xlsx")


def cells():
    """Every kind of cell, and places left out, in prefixed strict XML."""
    strings = (
        f'<x:sst xmlns:x="{STRICT_MAIN}"><x:si><x:t>plain</x:t></x:si>'
        "<x:si><x:r><x:rPr><x:b/></x:rPr><x:t>ri</x:t></x:r><x:r><x:t xml:space=\"preserve\">ch </x:t></x:r>"
        "<x:rPh sb=\"0\" eb=\"1\"><x:t>ignored</x:t></x:rPh></x:si><x:si><x:t>a_x000D_b_x005F_x_xZZZZ_</x:t></x:si></x:sst>")
    styles = (
        f'<x:styleSheet xmlns:x="{STRICT_MAIN}"><x:numFmts><x:numFmt numFmtId="164" '
        'formatCode="[$-409]d\\-mmm\\-yy;@"/><x:numFmt numFmtId="165" formatCode="0 &quot;days&quot;"/></x:numFmts>'
        '<x:cellXfs><x:xf numFmtId="0"/><x:xf numFmtId="14"/><x:xf numFmtId="164"/><x:xf numFmtId="165"/>'
        '<x:xf numFmtId="46"/></x:cellXfs></x:styleSheet>')
    sheet = (
        f'<x:worksheet xmlns:x="{STRICT_MAIN}"><x:cols><x:col min="1" max="9"/></x:cols><x:sheetData>'
        '<x:row r="2"><x:c r="B2" t="s"><x:v>0</x:v></x:c><x:c r="D2" t="s"><x:v>1</x:v></x:c>'
        '<x:c t="s"><x:v>2</x:v></x:c><x:c r="AA2" t="inlineStr"><x:is><x:r><x:t>in</x:t></x:r><x:t>line</x:t></x:is></x:c>'
        '</x:row><x:row><x:c><x:v>1.0</x:v></x:c><x:c><x:v>0.30000000000000004</x:v></x:c><x:c><x:v>1E-3</x:v></x:c>'
        '<x:c t="b"><x:v>1</x:v></x:c><x:c t="e"><x:v>#N/A</x:v></x:c><x:c t="str"><x:f>A1&amp;B1</x:f><x:v>made</x:v></x:c>'
        '<x:c><x:f>1+1</x:f></x:c><x:c s="1"/></x:row>'
        '<x:row r="7"><x:c s="1"><x:v>42858</x:v></x:c><x:c s="2"><x:v>42858.604166666664</x:v></x:c>'
        '<x:c s="3"><x:v>42858</x:v></x:c><x:c s="4"><x:v>0.5</x:v></x:c><x:c t="d"><x:v>2017-05-03</x:v></x:c></x:row>'
        '</x:sheetData><x:mergeCells count="1"><x:mergeCell ref="A1:B1"/></x:mergeCells></x:worksheet>')
    write("cells.xlsx", parts(sheet, strings, STRICT_MAIN, STRICT_OFFICE, styles))


def raw_zip(entries, comment=b"", count=None):
    """A zip file written byte by byte. An entry: name, data, and what to write instead of the truth."""
    body = b""
    directory = b""
    for name, data, lies in entries:
        name = name.encode()
        method = lies.get("method", 8)
        stored = zlib.compressobj(9, zlib.DEFLATED, -15) if method == 8 else None
        packed = stored.compress(data) + stored.flush() if stored else data
        crc = lies.get("crc", zlib.crc32(data))
        size = lies.get("size", len(data))
        flags = lies.get("flags", 0)
        offset = lies.get("offset", len(body))
        local = (0, 0, 0) if flags & 8 else (crc, len(packed), size)
        body += struct.pack("<IHHHHHIIIHH", 0x04034B50, 20, flags, method, 0, 0, *local, len(lies.get("local", name)), 0)
        body += lies.get("local", name) + packed
        if flags & 8:
            body += (b"PK\x07\x08" if lies.get("signature", True) else b"") + struct.pack("<III", crc, len(packed), size)
        directory += struct.pack("<IHHHHHHIIIHHHHHII", 0x02014B50, lies.get("made", 20), 20, flags, method, 0, 0, crc,
                                 lies.get("packed", len(packed)), size, len(name), 0, 0, 0, 0, lies.get("attributes", 0),
                                 offset) + name
    count = len(entries) if count is None else count
    end = struct.pack("<IHHHHIIH", 0x06054B50, 0, 0, count, count, len(directory), len(body), len(comment))
    return body + directory + end + comment


def hostile():
    tiny = parts(rows_xml(TINY))

    def save(name, lies=None, extra=(), comment=b""):
        entries = [(part, text.encode(), (lies or {}).get(part, {})) for part, text in tiny.items()]
        with open(name, "wb") as file:
            file.write(raw_zip(entries + list(extra), comment))

    sheet = "xl/worksheets/sheet1.xml"
    save("tiny.xlsx")
    save("comment.xlsx", comment=b"PK\x05\x06 and more")
    save("descriptors.xlsx", {part: {"flags": 8, "signature": part != sheet} for part in tiny})
    save("stored.xlsx", {part: {"method": 0} for part in tiny})
    save("bad-crc.xlsx", {sheet: {"crc": 1}})
    save("encrypted.xlsx", {sheet: {"flags": 1}})
    save("method.xlsx", {sheet: {"method": 12}})
    save("zip64.xlsx", {sheet: {"packed": 0xFFFFFFFF}})
    save("local-name.xlsx", {sheet: {"local": b"xl/worksheets/sheet2.xml"}})
    save("duplicate.xlsx", extra=[("XL/workbook.xml", b"", {})])
    for name, entry in [("parent", "../evil.xml"), ("absolute", "/evil.xml"), ("backslash", "xl\\evil.xml")]:
        save(f"{name}.xlsx", extra=[(entry, b"", {})])
    save("symlink.xlsx", extra=[("link", b"/etc/passwd", {"made": 3 << 8 | 20, "attributes": 0xA1FF << 16})])
    save("lying-size.xlsx", {sheet: {"size": 100}})
    bomb = b"<a>" + b"0" * (8 << 20)
    save("bomb.xlsx", extra=[("xl/sharedStrings.xml", bomb, {"size": 100})])
    save("large-entry.xlsx", extra=[("large.xml", b"", {"size": (32 << 20) + 1})])
    save("large-total.xlsx", extra=[(f"{index}.xml", b"", {"size": 30 << 20}) for index in range(3)])
    # A stored entry whose data is another entry, header and all.
    inner = ("inner", b"x", {"method": 0, "offset": 30 + len("outer")})
    hidden = raw_zip([("inner", b"x", {"method": 0})])[: 30 + len("inner") + 1]
    with open("overlap.xlsx", "wb") as file:
        file.write(raw_zip([("outer", hidden, {"method": 0}), inner]))
    with open("many-entries.xlsx", "wb") as file:
        file.write(raw_zip([(f"{index}", b"", {}) for index in range(3)], count=2_000))
    doctype = '<!DOCTYPE worksheet [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;">]>'
    write("doctype.xlsx", parts(doctype + rows_xml(TINY)))
    write("deep.xlsx", parts(f'<worksheet xmlns="{MAIN}">' + "<a>" * 100_000))
    write("far-row.xlsx", parts(f'<worksheet xmlns="{MAIN}"><sheetData><row r="100001"><c><v>1</v></c></row></sheetData></worksheet>'))
    write("far-column.xlsx", parts(f'<worksheet xmlns="{MAIN}"><sheetData><row r="1"><c r="ALM1"><v>1</v></c></row></sheetData></worksheet>'))
    long = "x" * (1 << 20)
    write("amplified.xlsx", parts(
        f'<worksheet xmlns="{MAIN}"><sheetData>' + '<row><c t="s"><v>0</v></c></row>' * 100 + "</sheetData></worksheet>",
        f'<sst xmlns="{MAIN}"><si><t>{long[:-1]}</t></si></sst>'))


def lookalikes():
    """Files that people choose by mistake."""
    compound = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(504)
    for name, data in [
        ("old.xls", compound + "Workbook".encode("utf-16-le")),
        ("password.xlsx", compound + "EncryptedPackage".encode("utf-16-le")),
        ("page.xlsx", b"<html><body><table><tr><td>type</td></tr></table></body></html>"),
        ("text.xlsx", b"type,name,label\ntext,a,A\n"),
        ("xml.xlsx", b'<?xml version="1.0"?><Workbook/>'),
        ("empty.xlsx", b""),
        ("picture.xlsx", b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR"),
    ]:
        with open(name, "wb") as file:
            file.write(data)
    write("open-document.xlsx", {"mimetype": "application/vnd.oasis.opendocument.spreadsheet", "content.xml": "<a/>"})
    write("binary.xlsx", {"xl/workbook.bin": "", "_rels/.rels": parts("")["_rels/.rels"].replace(".xml\"", ".bin\"")})
    write("other.xlsx", {"readme.txt": "no workbook"})
    book = openpyxl.Workbook()
    book.active.title = "Questions"
    book.create_sheet("Answers")
    book.save("no-survey.xlsx")


if __name__ == "__main__":
    for make in (visit, aliases, mistakes, field, cells, hostile, lookalikes):
        make()
