"""`/administration/clients`: administrators say which apps and services may ask for tokens."""

from flask import Blueprint, Response

from app.http.authorization.description import CLIENT_ADDED, CLIENT_CHANGED, CLIENT_REMOVED, CLIENTS
from app.http.authorization.schemas import (
    read_client,
    read_client_terms,
    shown_client,
    shown_registration,
)
from app.http.kit.guard import requires
from app.http.kit.json_answers import plain_json
from app.http.kit.openapi import documented
from app.http.kit.request_context import current, current_scope
from app.security.authorization.registry import Clients

CLIENTS_PATH = "/administration/clients"
_MANAGE = "administration.manage"
_CREATED = 201


def add_clients(rooms: Blueprint, clients: Clients) -> None:
    """Add the routes of registration."""

    @rooms.get(CLIENTS_PATH)
    @requires(_MANAGE)
    @documented(CLIENTS)
    def list_clients() -> Response:
        return plain_json({"clients": [shown_client(each) for each in clients.listed(current_scope())]})

    @rooms.post(CLIENTS_PATH)
    @requires(_MANAGE)
    @documented(CLIENT_ADDED)
    def add_client() -> Response:
        made = clients.add(current_scope(), read_client(), current().received)
        return plain_json(shown_registration(made), _CREATED)

    @rooms.put(f"{CLIENTS_PATH}/<client_id>")
    @requires(_MANAGE)
    @documented(CLIENT_CHANGED)
    def change_client(client_id: str) -> Response:
        wanted = read_client_terms(client_id)
        return plain_json(shown_client(clients.change(current_scope(), wanted, current().received)))

    @rooms.delete(f"{CLIENTS_PATH}/<client_id>")
    @requires(_MANAGE)
    @documented(CLIENT_REMOVED)
    def remove_client(client_id: str) -> Response:
        clients.remove(current_scope(), client_id)
        return Response(status=204)
