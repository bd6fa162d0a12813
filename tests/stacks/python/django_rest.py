"""Django >=5.1 with Django REST framework >=3.15: a serializer, an APIView, an authentication class.

With ROUTER=yes the paths are those of a DefaultRouter, which end with a slash; Django redirects there.
"""

import os
import sys
from datetime import UTC
from pathlib import Path

import django
import exports
from django.conf import settings

settings.configure(
    ALLOWED_HOSTS=["*"],
    INSTALLED_APPS=["rest_framework"],
    MIDDLEWARE=["django.middleware.common.CommonMiddleware"],
    ROOT_URLCONF=__name__,
    REST_FRAMEWORK={
        "UNAUTHENTICATED_USER": None,
        "DEFAULT_RENDERER_CLASSES": ["rest_framework.renderers.JSONRenderer"],
    },
    SECRET_KEY=os.environ["API_SECRET"],
    USE_TZ=True,
)
django.setup()

from django.http import HttpResponse, HttpResponseForbidden  # noqa: E402
from django.urls import path  # noqa: E402
from rest_framework import serializers, status  # noqa: E402
from rest_framework.authentication import BaseAuthentication  # noqa: E402
from rest_framework.exceptions import AuthenticationFailed, NotFound  # noqa: E402
from rest_framework.permissions import BasePermission  # noqa: E402
from rest_framework.response import Response  # noqa: E402
from rest_framework.views import APIView  # noqa: E402


class ExportSerializer(serializers.Serializer):
    startDate = serializers.DateTimeField()  # noqa: N815
    endDate = serializers.DateTimeField()  # noqa: N815
    exportType = serializers.ChoiceField(list(exports.COLUMNS))  # noqa: N815
    format = serializers.ChoiceField(["CSV", "JSONL"])
    learningActivityId = serializers.IntegerField(required=False)  # noqa: N815

    def validate(self, data):
        if data["startDate"] > data["endDate"]:
            raise serializers.ValidationError({"endDate": "must not be before startDate"})
        if data["exportType"] == "LEARNING_ACTIVITY_INTERACTIONS":
            if data["format"] != "JSONL":
                raise serializers.ValidationError({"format": "only JSONL is supported"})
            if "learningActivityId" not in data:
                raise serializers.ValidationError({"learningActivityId": "is required"})
        return data


class Account:
    is_authenticated = True


class BlnAuthentication(BaseAuthentication):
    def authenticate(self, request):
        if not exports.authorized(request.headers.get("Authorization")):
            raise AuthenticationFailed
        return Account(), None

    def authenticate_header(self, request):
        return "bln"


class IsAccount(BasePermission):
    def has_permission(self, request, view):
        return request.user is not None


class Exports(APIView):
    authentication_classes = (BlnAuthentication,)
    permission_classes = (IsAccount,)

    def post(self, request):
        serializer = ExportSerializer(data=request.data)
        serializer.is_valid(raise_exception=True)
        data = serializer.validated_data
        start, end = (data[name].astimezone(UTC) for name in ("startDate", "endDate"))
        job_id = exports.start_job(data["exportType"], data["format"], start, end)
        return Response({"job": {"id": job_id}}, status=status.HTTP_201_CREATED)

    def get(self, request):
        found = exports.status_of(request.query_params.get("id"), f"{request.scheme}://{request.get_host()}")
        if found is None:
            raise NotFound
        return Response(found)


def read_file(request, number):
    file = exports.file_of(number, request.GET.get("signature"))
    return HttpResponse(file[1], content_type=file[0]) if file else HttpResponseForbidden()


slash = "/" if os.environ.get("ROUTER") else ""
urlpatterns = [path("exports" + slash, Exports.as_view()), path("files/<int:number>", read_file)]

if __name__ == "__main__":
    from django.core.wsgi import get_wsgi_application
    from waitress import serve

    sys.path.insert(0, str(Path(__file__).parent))
    serve(get_wsgi_application(), host="127.0.0.1", port=int(os.environ["PORT"]))
