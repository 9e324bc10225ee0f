"""The pages in two languages stay twins, links lead somewhere, and the README's commands work."""
import re
import subprocess

import pytest
import stage

pytestmark = pytest.mark.once

TWINS = ["README.md", "docs/open-api.md", "docs/pushes.md", "docs/rollouts.md", "docs/tutorial.md"]
PAGES = sorted(path.relative_to(stage.ROOT).as_posix()
               for path in [*stage.ROOT.glob("*.md"), *stage.ROOT.glob("docs/*.md")])
# Words that our Chinese pages do not use, and what they say instead.
OTHER_WORDS = {"下单": "发起升级", "订单": "升级任务", "应答": "响应", "成员": "字段", "请求ID": "请求 ID",
               "限速": "限流", "流式传输": "流式返回"}


def read(page):
    return (stage.ROOT / page).read_text(encoding="utf-8")


def both(page):
    return read(page), read(page.replace(".md", ".zh-CN.md"))


def fences(text):
    return re.findall(r"^```(\w[\w ]*)?\n(.*?)^```$", text, re.M | re.S)


def prose(text):
    return re.sub(r"^```.*?^```$", "", text, flags=re.M | re.S)


def outline(text):
    """The level of each heading, in order."""
    return [len(marks) for marks in re.findall(r"^(#+) ", prose(text), re.M)]


def examples(text):
    """The fenced blocks without what may be in the language of the page.

    That is: the comments of commands, and the values of JSON. Programs are compared as they are.
    """
    found = []
    for kind, content in fences(text):
        if kind.startswith("sh"):
            content = [re.sub(r"(^|\s+)# .*", "", line) for line in content.splitlines()]
            # The values of variables that the reader fills in.
            content = [re.sub(r"=…\s*$", "=", line) for line in content if line]
        elif kind == "json":
            content = re.findall(r'"(\w+)":', content)
        found.append((kind, content))
    return found


def codes(text):
    """The code spans of the text; what stands in <> may be in the language of the page."""
    spans = {re.sub("<[^>]*>", "<>", span) for span in re.findall(r"`([^`\n]+)`", prose(text))}
    return {span for span in spans if span.isascii()}


def first_cells(text):
    """What names the rows of the tables: the code spans and numbers of their first cells."""
    cells = [line.split("|")[1] for line in prose(text).splitlines() if line.startswith("|")]
    return [re.findall(r"`[^`]+`|\b\d+\b", cell) for cell in cells]


@pytest.mark.parametrize("page", TWINS)
def test_twins_have_the_same_headings(page):
    english, chinese = both(page)
    assert outline(chinese) == outline(english)


@pytest.mark.parametrize("page", TWINS)
def test_twins_have_the_same_examples(page):
    english, chinese = both(page)
    assert examples(english)
    assert examples(chinese) == examples(english)


@pytest.mark.parametrize("page", TWINS)
def test_twins_have_the_same_rows_and_error_codes(page):
    english, chinese = both(page)
    assert first_cells(chinese) == first_cells(english)


@pytest.mark.parametrize("page", TWINS)
def test_twins_name_the_same_fields_settings_and_calls(page):
    english, chinese = both(page)
    assert codes(chinese) ^ codes(english) == set()


@pytest.mark.parametrize("page", TWINS)
def test_twins_link_to_each_other(page):
    english, chinese = both(page)
    name = page.split("/")[-1]
    assert f"]({name.replace('.md', '.zh-CN.md')})" in english
    assert f"]({name})" in chinese


@pytest.mark.parametrize("page", TWINS)
def test_chinese_pages_use_our_words(page):
    chinese = prose(both(page)[1])
    assert {word: better for word, better in OTHER_WORDS.items() if word in chinese} == {}


def anchors(page):
    """The anchors of the headings, as GitHub makes them."""
    return {re.sub(r"[^\w\- ]", "", heading.strip().lower()).replace(" ", "-")
            for heading in re.findall(r"^#+ (.*)$", prose(read(page)), re.M)}


@pytest.mark.parametrize("page", PAGES)
def test_links_of_the_pages_lead_somewhere(page):
    folder = (stage.ROOT / page).parent
    for target in re.findall(r"\]\(([^)\s]+)\)", prose(read(page))):
        if "://" in target:
            continue
        name, _, anchor = target.partition("#")
        path = (folder / name).resolve() if name else stage.ROOT / page
        assert path.exists(), target
        if anchor:
            assert anchor in anchors(path.relative_to(stage.ROOT)), target


def test_the_device_page_says_how_long_a_device_token_is(start_server):
    token = start_server().device("lamp-1").token
    assert f"Updraft's device tokens have {len(token)} characters" in read("docs/device-ddi.md")


@pytest.mark.parametrize("page", ["README.md", "README.zh-CN.md"])
def test_the_first_steps_of_the_readme_work_when_pasted(start_server, tmp_path, page):
    commands = next(content for _, content in fences(read(page)) if "UPDRAFT_ADMIN_TOKEN" in content)
    server = start_server()
    programs = tmp_path / "programs"
    programs.mkdir()
    (programs / "updraft").symlink_to(stage.binary())
    # The package has the operators' calls on port 8081; this server has everything on one.
    commands = commands.replace("http://127.0.0.1:8081", server.admin_url)
    commands = commands.replace("/var/lib/updraft/admin-token", str(server.data / "admin-token"))
    script = f'set -eu\nPATH="{programs}:$PATH"\n{commands}'
    done = subprocess.run(["sh", "-c", script], cwd=tmp_path, text=True, capture_output=True,
                          timeout=stage.PATIENCE)
    assert done.returncode == 0, done.stdout + done.stderr
    upgrades = server.admin.get("/upgrades").expect(200).json()["items"]
    assert [(one["did"], one["state"], one["firmwareVersion"]) for one in upgrades] == [
        ("lamp-1", "queued", "1.1.0")]
    assert upgrades[0]["openId"] == "alice"
