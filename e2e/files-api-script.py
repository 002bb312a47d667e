"""A program of somebody else's: it knows the files API by its description (H1 to H6) and Python's own library, and nothing of Strata."""
import http.client
import json
import sys
import urllib.parse
import uuid

BASE = urllib.parse.urlsplit(sys.argv[1])
PREFIX = sys.argv[2] if len(sys.argv) > 2 else "/api"
MAX_MEGABYTES = int(sys.argv[3]) if len(sys.argv) > 3 else 100
done = []


class Answer:
    def __init__(self, response):
        self.status = response.status
        self.headers = {name.lower(): value for name, value in response.getheaders()}
        self.body = response.read()

    def json(self):
        return json.loads(self.body)


def call(method, path, body=None, token=None, headers=None):
    sent = dict(headers or {})
    if token is not None:
        sent["Authorization"] = "Bearer " + token
    if isinstance(body, (dict, list)):
        body = json.dumps(body).encode()
        sent["Content-Type"] = "application/json"
    connection = http.client.HTTPConnection(BASE.hostname, BASE.port, timeout=120)
    try:
        connection.request(method, PREFIX + path, body=body, headers=sent)
        return Answer(connection.getresponse())
    finally:
        connection.close()


def form(name, content, fields=None, first=True, field="file", kind="application/octet-stream"):
    mark = uuid.uuid4().hex
    parts = [f'--{mark}\r\nContent-Disposition: form-data; name="{key}"\r\n\r\n{value}\r\n'.encode() for key, value in (fields or {}).items()]
    file = [f'--{mark}\r\nContent-Disposition: form-data; name="{field}"; filename="{name}"\r\nContent-Type: {kind}\r\n\r\n'.encode() + content + b"\r\n"]
    whole = b"".join((parts + file) if first else (file + parts)) + f"--{mark}--\r\n".encode()
    return whole, {"Content-Type": f"multipart/form-data; boundary={mark}"}


def upload(token, name, content, **options):
    body, headers = form(name, content, **options)
    return call("POST", "/files/upload", body, token, headers)


def expect(what, got, wanted):
    if got != wanted:
        print(f"not as described: {what}: {got!r} instead of {wanted!r}")
        sys.exit(1)
    done.append(what)


def expect_error(what, answer, status):
    expect(what, answer.status, status)
    body = answer.json()
    expect(f"{what}: its form", (isinstance(body.get("detail"), str), isinstance(body.get("error_code"), str)), (True, True))
    code = body["error_code"]
    expect(f"{what}: its code in capitals", code == code.upper() and code.replace("_", "").isalnum(), True)


ann = {"email": f"Ann.{uuid.uuid4().hex[:8]}@example.org", "password": "correct horse battery"}
bob = {"email": f"bob.{uuid.uuid4().hex[:8]}@example.org", "password": "another pass phrase"}

# H1: accounts
answer = call("POST", "/auth/signup", ann)
expect("sign-up", answer.status, 201)
expect("sign-up's answer", (isinstance(answer.json()["message"], str), isinstance(answer.json()["user_id"], int)), (True, True))
ann_id = answer.json()["user_id"]
expect_error("the same e-mail again", call("POST", "/auth/signup", ann), 409)
expect_error("the same e-mail in capitals", call("POST", "/auth/signup", {**ann, "email": ann["email"].upper()}), 409)
expect_error("no e-mail", call("POST", "/auth/signup", {**bob, "email": "nobody"}), 400)
expect_error("a short password", call("POST", "/auth/signup", {**bob, "password": "1234567"}), 400)
expect_error("a password beyond 72 bytes", call("POST", "/auth/signup", {**bob, "password": "ü" * 37}), 400)
expect_error("nothing at all", call("POST", "/auth/signup", {}), 400)
expect_error("not JSON", call("POST", "/auth/signup", b"{", headers={"Content-Type": "application/json"}), 400)
expect("a second account", call("POST", "/auth/signup", bob).status, 201)
expect_error("a wrong password", call("POST", "/auth/login", {**ann, "password": "not this one"}), 401)
expect_error("an unknown account", call("POST", "/auth/login", {"email": "who@example.org", "password": "not this one"}), 401)


def log_in(person):
    answer = call("POST", "/auth/login", person)
    expect("log-in", answer.status, 200)
    body = answer.json()
    expect("log-in's answer", (body["token_type"].lower(), body["user"]["email"], isinstance(body["user"]["id"], int)), ("bearer", person["email"].lower(), True))
    return body["access_token"], body["user"]["id"]


ann_token, logged_id = log_in(ann)
expect("the id of sign-up and of log-in", logged_id, ann_id)
bob_token, _ = log_in(bob)

# H2: files
content = bytes(range(256)) * 40
answer = upload(ann_token, "naïve report – 2026.bin", content)
expect("upload", answer.status, 201)
stored = answer.json()
expect("upload's answer", sorted(stored), sorted(["id", "filename", "file_size", "storage_location", "access_url", "uploaded_at"]))
expect("what was stored", (stored["filename"], stored["file_size"], stored["storage_location"]), ("naïve report – 2026.bin", len(content), "minio"))
expect("an empty file", upload(ann_token, "empty.txt", b"").json()["file_size"], 0)
large = b"0123456789abcdef" * (20 * 65536)
answer = upload(ann_token, "large.bin", large)
expect("20 MiB in parts", (answer.status, answer.json().get("file_size")), (201, len(large)))
large_id = answer.json()["id"]
expect_error("a form without a file", upload(ann_token, "x", b"x", field="other"), 400)
expect_error("JSON instead of a form", call("POST", "/files/upload", {"file": "x"}, ann_token), 400)
expect_error("one byte too many", upload(ann_token, "too-large.bin", b"\0" * (MAX_MEGABYTES * 1024 * 1024 + 1)), 413)

answer = call("GET", "/files", token=ann_token)
expect("list", answer.status, 200)
files = answer.json()["files"]
expect("the list holds what was stored, and no more", sorted(file["filename"] for file in files), sorted(["naïve report – 2026.bin", "empty.txt", "large.bin"]))
expect("a listed file", sorted(files[0]), sorted(["id", "filename", "file_size", "storage_location", "access_url", "uploaded_at", "synced_at"]))
expect("not yet in S3", {file["synced_at"] for file in files}, {None})
expect("somebody else's list", call("GET", "/files", token=bob_token).json()["files"], [])
answer = call("GET", f"/files/{stored['id']}", token=ann_token)
expect("details", (answer.status, answer.json()["id"], answer.json()["filename"]), (200, stored["id"], stored["filename"]))
answer = call("GET", f"/files/{stored['id']}/download", token=ann_token)
expect("download", (answer.status, answer.body == content), (200, True))
expect("download of 20 MiB", call("GET", f"/files/{large_id}/download", token=ann_token).body == large, True)
answer = call("GET", f"/files/{stored['id']}/download", token=ann_token, headers={"Range": "bytes=10-19"})
expect("a part of it", (answer.status, answer.body, answer.headers["content-range"]), (206, content[10:20], f"bytes 10-19/{len(content)}"))
etag = call("GET", f"/files/{stored['id']}/download", token=ann_token).headers["etag"]
expect("not changed since", call("GET", f"/files/{stored['id']}/download", token=ann_token, headers={"If-None-Match": etag}).status, 304)
link = urllib.parse.urlsplit(stored["access_url"])
connection = http.client.HTTPConnection(link.hostname, link.port, timeout=60)
connection.request("GET", link.path)
expect("access_url by itself", Answer(connection.getresponse()).body == content, True)

# H6: refusals
for path in (f"/files/{stored['id']}", f"/files/{stored['id']}/download"):
    expect_error("somebody else's file", call("GET", path, token=bob_token), 403)
    expect_error("without a token", call("GET", path), 401)
    expect_error("with a made-up token", call("GET", path, token="made.up.token"), 401)
expect_error("an unknown file", call("GET", "/files/999999999", token=ann_token), 404)
expect_error("an unknown file's bytes", call("GET", "/files/999999999/download", token=ann_token), 404)
expect_error("no number", call("GET", "/files/first", token=ann_token), 400)
expect_error("a list without a token", call("GET", "/files"), 401)
expect_error("an upload without a token", upload(None, "x.txt", b"x"), 401)
expect_error("no such route", call("GET", "/nothing/here", token=ann_token), 404)

answer = call("GET", "/health")
expect("health", (answer.status, answer.json()["status"], sorted(answer.json())), (200, "healthy", ["services", "status", "timestamp"]))
print(f"as described: {len(done)} checks")
