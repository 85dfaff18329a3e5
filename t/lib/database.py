# SPDX-License-Identifier: MIT
"""A migrated database of a cluster, with the client that tests act as."""

import hashlib
import json

import psycopg
from psycopg.rows import dict_row

CLIENT_ID = "demo"
CLIENT_SECRET = "a secret of the demo client"
PUBLIC_ID = "demo-public"
REDIRECT_URI = "http://127.0.0.1/callback"
GRANTS = ["authorization_code", "refresh_token", "client_credentials"]
SCOPE = "openid profile email offline_access read write"


class Database:
    """app: what programs connect with; owner: what tests look with."""

    def __init__(self, cluster, conninfo=None):
        self.cluster = cluster
        self.owner = conninfo or cluster.create_database()
        self.app = self.owner.replace("user=postgres", "user=oauth2_app")
        self.name = psycopg.conninfo.conninfo_to_dict(self.owner)["dbname"]

    def rows(self, sql, *values):
        """Runs a statement as the owner; answers its rows as dictionaries."""
        with psycopg.connect(self.owner, autocommit=True, row_factory=dict_row) as connection:
            cursor = connection.execute(sql, values or None)
            return cursor.fetchall() if cursor.description else []

    def value(self, sql, *values):
        """The first column of the first row."""
        rows = self.rows(sql, *values)
        return next(iter(rows[0].values())) if rows else None

    def add_client(self, client_id=CLIENT_ID, secret=CLIENT_SECRET, *, name="Demo",
                   redirect_uris=(REDIRECT_URI,), grants=GRANTS, scope=SCOPE):
        """A client; secret None makes it a public one."""
        self.rows(
            """
            insert into oauth2.oauth2_clients (client_id, client_secret, client_name,
                redirect_uris, grant_types, response_types, scope, token_endpoint_auth_method)
            values (%s, %s, %s, %s, %s, '["code"]', %s, %s)
            """,
            client_id, secret and hashlib.sha256(secret.encode()).hexdigest(), name,
            json.dumps(list(redirect_uris)), json.dumps(list(grants)), scope,
            "client_secret_basic" if secret else "none")
        return client_id

    def end_grace(self, refresh_token):
        """As if it had been exchanged five minutes ago, the longest grace."""
        digest = hashlib.sha256(refresh_token.encode()).hexdigest()
        self.rows("update oauth2.oauth2_access_tokens"
                  " set rotated_at = rotated_at - interval '5 minutes'"
                  " where refresh_token = %s", digest)

    def terminate(self):
        """Ends every connection of the programs; how many there were."""
        return self.value(
            "select count(pg_terminate_backend(pid)) from pg_stat_activity"
            " where datname = %s and usename = 'oauth2_app'", self.name)

    def drop(self):
        self.cluster.drop_database(self.name)
