"""One address: a view that reads one row."""

from django.http import HttpRequest, HttpResponse
from django.urls import path

from ransel.store.models import TreatmentRow


def one_row(request: HttpRequest) -> HttpResponse:
    """Answer with one value of one row."""
    row = TreatmentRow.objects.get(treatment=request.GET["treatment"])
    return HttpResponse(f"{row.treatment} {row.version}", content_type="text/plain")


urlpatterns = [path("row/", one_row)]
