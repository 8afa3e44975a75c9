"""Journey: twenty keys in one request, a seventh that fails, what was stopped, and the way back."""

from __future__ import annotations

import re

from playwright.sync_api import Page, expect

from tests.browser.product import Product
from tests.browser.proof import press
from tests.patience import wait_until

RESEARCH, FROM, TO = "222233334444", "us-west-2", "us-east-1"


def make_twenty_keys(product: Product) -> list[str]:
    """At the sandbox, and then seen by a scan."""
    here, there = product.kms(RESEARCH, FROM), product.kms(RESEARCH, TO)
    keys = []
    for number in range(1, 21):
        key_id = here.create_key(MultiRegion=True)["KeyMetadata"]["KeyId"]
        here.replicate_key(KeyId=key_id, ReplicaRegion=TO)
        here.create_alias(AliasName=f"alias/wave-{number:02}", TargetKeyId=key_id)
        keys.append(key_id)
    wait_until(
        lambda: all(there.describe_key(KeyId=key)["KeyMetadata"]["KeyState"] == "Enabled" for key in keys),
        what="the replicas are there",
    )
    product.manage("scan", "research", "--details")
    return keys


def choose(ana: Page, product: Product) -> None:
    ana.goto(product.at("/keys/?q=wave-"))
    ana.get_by_role("link", name="Move all 20").click()
    ana.get_by_role("radio", name=TO).check()
    ana.get_by_role("button", name="Check these keys").click()


def ask(ana: Page) -> str:
    ana.get_by_label("Reason").fill("Journey: leaving us-west-2.")
    ana.get_by_label("How many").fill("20 keys")
    press(ana, "Move 20 keys", username="ana")
    ana.wait_for_url(re.compile(r"/batches/BR-\d+/$"))
    return ana.url.rstrip("/").rpartition("/")[2]


def test_a_wave_of_twenty_with_a_failing_seventh_stops_and_can_be_put_back(product, open_window):
    keys = make_twenty_keys(product)
    before = product.calls("UpdatePrimaryRegion")
    ana = open_window("ana")
    choose(ana, product)
    product.kms(RESEARCH, TO).disable_key(KeyId=keys[6])
    ref = ask(ana)
    expect(ana.locator("#batch-status")).to_contain_text("Stopped")
    expect(ana.locator("#batch-status")).to_contain_text("is stale")
    expect(ana.locator("#batch")).to_contain_text("20 of 20 ended")
    # How many of its wave had begun by then is a matter of the machine; each of them was called once.
    expect(ana.locator("#batch-status")).to_contain_text(re.compile(r"\d+ done, \d+ cancelled, 1 stale"))
    status = ana.locator("#batch-status").inner_text()
    done, cancelled = map(int, re.findall(r"(\d+) done, (\d+) cancelled", status)[0])
    assert done + cancelled == 19
    assert 5 <= done <= 10
    assert product.calls("UpdatePrimaryRegion") == before + done

    ana.get_by_role("link", name="Put back").click()
    expect(ana.get_by_label("Reason")).to_have_value(f"Put back what {ref} moved.")
    ana.get_by_label("How many").fill(f"{done} keys")
    press(ana, f"Move {done} keys", username="ana")
    expect(ana.locator("#batch")).to_contain_text(f"{done} of {done} ended")
    expect(ana.locator("#batch-status")).to_contain_text(f"{done} done")
    assert product.calls("UpdatePrimaryRegion") == before + 2 * done


def test_ticked_keys_come_along_without_javascript(product, open_window):
    ana = open_window("ana", java_script_enabled=False)
    ana.goto(product.at("/keys/?account=111122223333"))
    ana.get_by_label("Tick card-vault").check()
    ana.get_by_label("Tick ledger").check()
    ana.get_by_role("button", name="Move the ticked keys").click()
    expect(ana.get_by_role("heading", level=1)).to_contain_text("2 keys")
    ana.get_by_role("radio", name="eu-west-1").check()
    ana.get_by_role("button", name="Check these keys").click()
    expect(ana.locator("main")).to_contain_text("1 of 2 keys cannot be moved there now")
    ana.get_by_role("button", name="Go on without it").click()
    expect(ana.get_by_role("button", name="Ask for approval of 1 key")).to_be_visible()
