"""Old against new in the hospital: researchers and doctors read it, and hand out pages that are about no child."""

import re

import pytest
from hospital.wards import client_of, person

pytestmark = pytest.mark.usefixtures("hospital_db")

PAGE, PARENTS, DOCTORS = "/old-against-new/", "/old-against-new-parents/", "/old-against-new-doctors/"


def client(role):
    return client_of(person(f"p-{role}-reads", role))


@pytest.mark.parametrize("role", ["researcher", "doctor"])
def test_the_page_says_what_holds_and_what_cannot_be_confirmed(role):
    page = client(role).get(PAGE).content.decode()
    assert "kan hiermee niet worden bevestigd" in page
    assert "op de grens" in page
    assert page.count('role="img"') == 3
    assert re.search(r"\[A\]", page), "assumptions stand on the page"


@pytest.mark.parametrize("address", [PARENTS, DOCTORS])
def test_both_papers_are_one_pdf_of_one_page(address):
    import pypdfium2

    answer = client("doctor").get(address)
    assert answer["Content-Type"] == "application/pdf"
    assert len(pypdfium2.PdfDocument(answer.content)) == 1


@pytest.mark.parametrize("role", ["technician", "home-care-nurse", "coordinator", "administrator"])
def test_it_is_for_nobody_else(role):
    assert client(role).get(PAGE).status_code in {403, 404}
