"""Gives the fuzzer live things of throw-away accounts every other time, so that each command is reached behind its first refusal; counts what was answered."""
import atexit
import base64
import json
import os
import random
import threading
import traceback
import uuid

import requests
import schemathesis

BASE = os.environ["FUZZ_BASE"]
LOCAL = os.environ["FUZZ_LOCAL"]
LOCAL_TOKEN = os.environ["FUZZ_LOCAL_TOKEN"]
OWNER = os.environ["FUZZ_OWNER_TOKEN"]
MEMBER = os.environ["FUZZ_MEMBER_TOKEN"]
PASSWORD = os.environ["FUZZ_PASSWORD"]
ADMIN_COMMANDS = set(os.environ["FUZZ_ADMIN_COMMANDS"].split(","))
# A session that such a command ends must be one of its own.
ENDING = {"logOut", "changePassword", "endSession", "deleteMe"}
# A run of these alone, in which every call has a session that may end.
ONLY_ENDING = os.environ.get("FUZZ_ENDING") == "1"
# The fuzzer seeds the usual one anew for each case, which would make every case the same.
chance = random.SystemRandom()
counts, lock = {}, threading.Lock()
http = requests.Session()
http.verify = False
# What the surroundings say of certificates must not count for a hub of one's own.
http.trust_env = False
requests.packages.urllib3.disable_warnings()


def ask(method, path, token=None, **more):
    headers = {} if token is None else {"Authorization": f"Bearer {token}"}
    if method != "GET" and "files" not in more:
        more.setdefault("json", {})
    for last in (False, True):
        try:
            return http.request(method, f"{BASE}/api/v1{path}", headers=headers, timeout=30, **more)
        except requests.exceptions.ConnectionError:
            # A line that was kept open may end just as it is used again; that is not what is tried here.
            if last:
                raise


MEMBER_EMAIL = os.environ["FUZZ_MEMBER_EMAIL"]


def again():
    """Another session of an account that all share: a password costs the hub much, so an account of its own is made only where it is used up."""
    return ask("POST", "/auth/login", json={"email": MEMBER_EMAIL, "password": PASSWORD}).json()["access_token"]


def account():
    """An account of its own: number, e-mail, token."""
    email = f"{uuid.uuid4()}@fuzz.test"
    ask("POST", "/auth/signup", json={"email": email, "password": PASSWORD})
    said = ask("POST", "/auth/login", json={"email": email, "password": PASSWORD}).json()
    return said["user"]["id"], email, said["access_token"]


def upload(token=MEMBER, folder="fuzz"):
    return ask("POST", "/files/upload", token, files={"folder": (None, folder), "file": (f"{uuid.uuid4()}.txt", b"fuzzed")}).json()


def trashed():
    file = upload()
    ask("DELETE", f"/files/{file['id']}", MEMBER)
    return file["id"]


def last(url):
    return url.rsplit("/", 1)[-1]


def share(**wish):
    return ask("POST", "/shares", MEMBER, json=wish or {"folder": "fuzz"}).json()


def begun(path="/uploads", token=MEMBER):
    """A resumable upload of three bytes that waits for them."""
    name = base64.b64encode(f"{uuid.uuid4()}.txt".encode()).decode()
    headers = {"Tus-Resumable": "1.0.0", "Upload-Length": "3", "Upload-Metadata": f"filename {name}", **({} if token is None else {"Authorization": f"Bearer {token}"})}
    return last(http.post(f"{BASE}/api/v1{path}", headers=headers, timeout=30).headers["location"])


def session_of(token):
    return next(one["id"] for one in ask("GET", "/auth/sessions", token).json()["sessions"] if one["current"])


def live(name, command):
    """Something that is there, by the name of the blank in the path."""
    if name == "file_id":
        return trashed() if command in ("restoreFile", "purgeFile") else upload()["id"]
    if name == "link":
        return last(ask("POST", "/folders/zip", MEMBER, json={"folder": ""}).json()["url"]) if command == "readZip" else last(upload()["access_url"])
    if name == "share_id":
        return share()["id"]
    if name == "token":
        if "SharedUpload" in command:
            return share(folder="fuzz", mode="upload")["token"]
        if command == "unlockShare":
            return share(folder="fuzz", password="of the link")["token"]
        return share(folder="fuzz", mode="upload")["token"] if command == "uploadShared" else share(**({"folder": "fuzz"} if command == "listShared" else {"file_id": upload()["id"]}))["token"]
    if name == "user_id":
        return account()[0]
    if name == "invitation_id":
        return ask("POST", "/invitations", OWNER).json()["id"]
    return None


def right_body(command, case, token):
    """What only somebody who knows something can say."""
    if command == "signUp":
        case.body = {"email": f"{uuid.uuid4()}@fuzz.test", "password": PASSWORD}
    elif command in ("logIn", "logInBrowser"):
        case.body = {"email": MEMBER_EMAIL, "password": PASSWORD}
    elif command == "changePassword":
        case.body = {"current_password": PASSWORD, "new_password": f"{PASSWORD} new"}
    elif command == "deleteMe":
        case.body = {"current_password": PASSWORD, "files": chance.choice(["keep", "remove"])}
    elif command == "deleteUser":
        case.body = {"files": chance.choice(["keep", "remove"])}
    elif command == "moveFolder":
        folder = f"from-{uuid.uuid4()}"
        upload(folder=folder)
        case.body = {"folder": folder, "to": f"to-{uuid.uuid4()}"}
    elif command in ("deleteFolder", "restoreFolder"):
        folder = f"gone-{uuid.uuid4()}"
        upload(folder=folder)
        if command == "restoreFolder":
            ask("POST", "/folders/delete", MEMBER, json={"folder": folder})
        case.body = {"folder": folder}
    elif command == "resetPassword":
        code = ask("POST", f"/users/{account()[0]}/reset", OWNER).json()["reset_code"]
        case.body = {"reset_code": code, "new_password": f"{PASSWORD} new"}
    elif command == "unlockShare":
        case.body = {"password": "of the link"}
    elif command == "exchangeCode":
        case.body = {"code": requests.post(f"{LOCAL}/api/v1/session/code", json={}, headers={"Authorization": f"Bearer {LOCAL_TOKEN}"}, timeout=30).json()["code"]}
    elif command == "makeShare":
        case.body = {"folder": "fuzz", "mode": "view"}
    elif command in ("moveFile", "copyFile"):
        case.body = {"folder": f"to-{uuid.uuid4()}"}
    elif command == "changeUser":
        case.body = {"disabled": chance.random() < 0.5}


@schemathesis.serializer("application/offset+octet-stream")
def bytes_of(context, value):
    return value if isinstance(value, bytes) else str(value).encode()


@schemathesis.hook
def before_call(context, case, kwargs):
    try:
        prepare(case)
    except Exception:
        # Otherwise the fuzzer tells only that it ended.
        traceback.print_exc()
        raise


def prepare(case):
    command = case.operation.definition.raw.get("operationId", "")
    if case.headers is None:
        case.headers = {}
    helped = chance.random() < 0.5
    # With a number of the fuzzer's own choice an owner would shut out the fuzzer itself.
    token = OWNER if command in ADMIN_COMMANDS and helped else MEMBER
    if command in ENDING:
        own = helped or (ONLY_ENDING and chance.random() < 0.8)
        token = account()[2] if own and command in ("changePassword", "deleteMe") else again() if own else None
    if helped:
        theirs = account() if command == "endUserSession" else None
        for name in sorted((case.path_parameters or {}).keys()):
            if name == "version_id":
                case.path_parameters[name] = ask("GET", f"/files/{case.path_parameters['file_id']}/versions", MEMBER).json()["versions"][0]["version_id"]
                continue
            if name == "upload_id":
                by_link = "SharedUpload" in command
                case.path_parameters[name] = begun(f"/files/public/{case.path_parameters['token']}/uploads", None) if by_link else begun()
                continue
            if theirs is not None:
                case.path_parameters[name] = theirs[0] if name == "user_id" else session_of(theirs[2])
                continue
            found = session_of(token) if name == "session_id" else live(name, command)
            if found is not None:
                case.path_parameters[name] = found
        right_body(command, case, token)
        if command in ("startUpload", "startSharedUpload"):
            case.headers.update({"Tus-Resumable": "1.0.0", "Upload-Length": "3", "Upload-Metadata": "filename " + base64.b64encode(f"{uuid.uuid4()}.txt".encode()).decode()})
        if command in ("sendUpload", "sendSharedUpload"):
            case.headers.update({"Tus-Resumable": "1.0.0", "Upload-Offset": "0"})
            case.headers.pop("Upload-Checksum", None)
            case.body = b"abc"
        if command in ("lookAtUpload", "lookAtSharedUpload", "endUpload", "endSharedUpload"):
            case.headers["Tus-Resumable"] = "1.0.0"
        if command == "downloadShared" or command == "readShare" or command == "listShared":
            case.query = {}
        if command == "refreshBrowser":
            browser = ask("POST", "/auth/browser", json={"email": MEMBER_EMAIL, "password": PASSWORD})
            case.headers["Cookie"] = "; ".join(f"{cookie.name}={cookie.value}" for cookie in browser.cookies)
            http.cookies.clear()
    # Some calls that get no help come from a stranger.
    if command == "refreshBrowser" and helped:
        case.headers.pop("Authorization", None)
    elif token is not None and (helped or command in ENDING or chance.random() < 0.6):
        case.headers["Authorization"] = f"Bearer {token}"
    else:
        case.headers.pop("Authorization", None)


@schemathesis.hook
def after_call(context, case, response):
    command = case.operation.definition.raw.get("operationId", "")
    if command == "writeUploadRules" and response.status_code == 200:
        # Or nothing fits any more.
        ask("PUT", "/upload-rules", MEMBER)
    with lock:
        of = counts.setdefault(command, {})
        of[str(response.status_code)] = of.get(str(response.status_code), 0) + 1


@atexit.register
def tell():
    with open(os.environ["FUZZ_COUNTS"], "w", encoding="utf-8") as file:
        json.dump(counts, file, indent=1, sort_keys=True)
