"""Messages by a mapping: the order of its lines, repetitions, and a schema that judges them."""

from xml.etree import ElementTree as Tree

import pytest
import xmlschema

from cases.handover.conftest import MAPPING, bring_on
from stadtkern.kernel.cases.handover import parcels, xml, xml_message
from stadtkern.kernel.cases.handover.protocol import NotHandedOver
from stadtkern.kernel.cases.models import Handover

XSD = """<?xml version="1.0"?>
<xs:schema xmlns:xs="http://www.w3.org/2001/XMLSchema" targetNamespace="urn:example:kfz"
    xmlns="urn:example:kfz" elementFormDefault="qualified">
  <xs:element name="antrag"><xs:complexType><xs:sequence>
    <xs:element name="kopf"><xs:complexType><xs:sequence>
      <xs:element name="reference" type="xs:string"/><xs:element name="eingang" type="xs:dateTime"/>
    </xs:sequence></xs:complexType></xs:element>
    <xs:element name="person"><xs:complexType><xs:sequence>
      <xs:element name="familienname" type="xs:string"/><xs:element name="mail" minOccurs="0"/>
    </xs:sequence></xs:complexType></xs:element>
    <xs:element name="kind" minOccurs="0" maxOccurs="unbounded"><xs:complexType><xs:sequence>
      <xs:element name="vorname" type="xs:string"/></xs:sequence></xs:complexType></xs:element>
    <xs:element name="anlage" minOccurs="0" maxOccurs="unbounded"><xs:complexType><xs:sequence>
      <xs:element name="hash"><xs:simpleType><xs:restriction base="xs:string">
        <xs:length value="128"/></xs:restriction></xs:simpleType></xs:element>
      </xs:sequence><xs:attribute name="name" use="required"/></xs:complexType></xs:element>
  </xs:sequence><xs:attribute name="version" use="required"/></xs:complexType></xs:element>
</xs:schema>"""
NS = "urn:example:kfz"


@pytest.fixture
def office(offices):
    made = offices("xml")
    made.settings |= {"namespace": NS, "schema": XSD}
    made.save()
    return made


def test_a_message_meets_its_schema_with_repetitions_and_files(office, sent, sim):
    handover = sent(office, children=[{"given_name": "Anna"}, {"given_name": "Bo <&> \x07"}])
    handover = bring_on(handover)
    assert handover.state == "accepted"
    [there] = sim.store.cases.values()
    text = there.data["xml"]
    xmlschema.XMLSchema(XSD).validate(text)
    root = Tree.fromstring(text)
    assert [e.text for e in root.iter(f"{{{NS}}}vorname")] == ["Anna", "Bo <&> "]
    assert len(root.findall(f"{{{NS}}}anlage")) == 2
    assert root.find(f"{{{NS}}}person/{{{NS}}}familienname").text == "Müller-Lüdenscheidt"


def test_what_does_not_meet_the_schema_is_not_sent_and_somebody_has_to_look(office, sent, sim):
    office.settings["mapping"] = MAPPING.replace("kopf/eingang", "kopf/irgendwas")
    office.save()
    handover = bring_on(sent(office))
    assert handover.state == "dead"
    assert "kopf" in handover.problem
    assert "Lüdenscheidt" not in handover.problem
    assert sim.cases() == []


def test_a_schema_reads_no_other_files_and_no_entities(tmp_path):
    other = XSD.replace(
        '<xs:element name="antrag">',
        f'<xs:import namespace="urn:x" schemaLocation="file://{tmp_path}/x.xsd"/><xs:element name="antrag">',
    )
    with (
        pytest.warns(xmlschema.XMLSchemaImportWarning, match="block access"),
        pytest.raises(NotHandedOver),
    ):
        xml_message.check(b"<antrag/>", other)
    bomb = '<!DOCTYPE a [<!ENTITY b "c">]>' + XSD.partition("?>")[2]
    with pytest.raises(NotHandedOver, match="XMLResourceForbidden"):
        xml_message.check(b"<antrag/>", bomb)


def test_into_a_folder_a_message_comes_whole_and_only_for_its_owner(
    office, sent, settings, tmp_path
):
    settings.DATA = tmp_path
    office.settings["address"] = ""
    office.save()
    handover = bring_on(sent(office))
    assert handover.state == "accepted"
    [file] = list(xml.folder(office).iterdir())
    assert file.name == f"{handover.case.reference}.xml"
    assert file.stat().st_mode & 0o077 == 0
    assert Tree.parse(file).getroot().tag == f"{{{NS}}}antrag"


@pytest.mark.parametrize("mapping", [
    "", "person/name = x", "root = 1antrag", "root = a\nperson", "root = a\nper son = x",
    "root = a\n@x/y = z", "root = a\nb = ",
])  # fmt: skip
def test_a_mapping_that_cannot_be_understood_names_the_line(mapping):
    with pytest.raises(xml_message.BadMapping):
        xml_message.lines(mapping)


def test_the_same_message_comes_out_of_the_same_case(office, sent):
    handover = sent(office)
    row = Handover.objects.select_related("case__version__form", "case__service").get(
        pk=handover.pk
    )
    parcel = parcels.parcel(row)
    assert xml_message.message(parcel, MAPPING, NS) == xml_message.message(parcel, MAPPING, NS)
