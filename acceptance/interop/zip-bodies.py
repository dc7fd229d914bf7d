"""What schemathesis sends as application/zip: bytes of no kind, and real zips whose files have the names of a roster and any text."""

import io
import zipfile

import schemathesis
from hypothesis import strategies as st

names = st.sampled_from(["manifest.csv", "users.csv", "orgs.csv", "classes.csv", "enrollments.csv", "roles.csv", "../users.csv", "/"])
rows = st.lists(st.lists(st.text(max_size=20), max_size=8).map(",".join), max_size=8).map("\r\n".join)


def zip_of(files):
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, text in files.items():
            archive.writestr(name, text.encode("utf-8", "surrogatepass"))
    return target.getvalue()


zips = st.dictionaries(names, rows, max_size=6).map(zip_of)
cut = st.tuples(zips, st.integers(0, 200)).map(lambda pair: pair[0][: pair[1]])
schemathesis.openapi.media_type("application/zip", st.one_of(st.binary(max_size=2_000), zips, cut))
