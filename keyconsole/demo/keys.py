"""The keys of the demo story, account by account, and the oddities that a dashboard must show."""

from __future__ import annotations

from keyconsole.demo.accounts_and_regions import (
    ARCHIVE,
    PAYMENTS,
    RESEARCH,
    StoryAccount,
    StoryKey,
    StoryMove,
)

EAST, OREGON, CANADA = "us-east-1", "us-west-2", "ca-central-1"
IRELAND, FRANKFURT, SYDNEY = "eu-west-1", "eu-central-1", "ap-southeast-2"

DRILL = "Yearly drill: run from the second Region for a week"
RESIDENCY = "Administration of European keys moves to Europe"

ODD = (
    StoryKey(
        PAYMENTS,
        "card-vault",
        "Card numbers at rest",
        EAST,
        (IRELAND, OREGON),
        "cardholder",
        moves=(
            StoryMove(EAST, OREGON, 171.2, "ana", DRILL),
            StoryMove(OREGON, EAST, 164.1, "ana", "Back after the drill"),
        ),
    ),
    StoryKey(
        PAYMENTS,
        "ledger",
        "Double-entry ledger",
        IRELAND,
        (EAST, FRANKFURT),
        "financial",
        moves=(StoryMove(EAST, IRELAND, 58.3, "ana", RESIDENCY),),
        disabled_in=(FRANKFURT,),
    ),
    StoryKey(
        PAYMENTS,
        "settlement",
        "Settlement files to and from banks",
        FRANKFURT,
        (IRELAND, EAST),
        "financial",
        moves=(StoryMove(IRELAND, FRANKFURT, 21.6, "ana", RESIDENCY),),
    ),
    StoryKey(
        PAYMENTS,
        "tokens",
        "Tokens that stand for card numbers",
        EAST,
        (OREGON, IRELAND, FRANKFURT, SYDNEY),
        "cardholder",
        policy_drifts_in=(SYDNEY,),
    ),
    StoryKey(
        PAYMENTS,
        "chargebacks",
        "Evidence for disputed payments",
        OREGON,
        (EAST,),
        "personal",
        move_denied_in=(EAST,),
    ),
    StoryKey(
        PAYMENTS,
        "payouts",
        "Payout instructions to sellers",
        EAST,
        (CANADA, IRELAND),
        "financial",
        alias_missing_in=(CANADA,),
    ),
    StoryKey(PAYMENTS, "hsm-imported", "Imported from our own HSM", EAST, (FRANKFURT,), imported=True),
    StoryKey(
        RESEARCH,
        "genome-index",
        "Index over sequenced genomes",
        OREGON,
        (EAST, SYDNEY),
        "health",
        moves=(StoryMove(EAST, OREGON, 88.4, "ben", "The index is built in Oregon now"),),
        policy_drifts_in=(EAST,),
        tags_drift_in=(EAST,),
    ),
    StoryKey(
        RESEARCH,
        "trial-data",
        "Results of clinical trials",
        FRANKFURT,
        (IRELAND,),
        "health",
        moves=(StoryMove(IRELAND, FRANKFURT, 34.7, "bea", RESIDENCY),),
    ),
    StoryKey(
        RESEARCH,
        "consent-forms",
        "Signed consent of trial subjects",
        IRELAND,
        (FRANKFURT, CANADA),
        "personal",
        tags_drift_in=(CANADA,),
    ),
    StoryKey(
        ARCHIVE,
        "old-vault",
        "Card numbers before tokens",
        CANADA,
        (EAST, IRELAND),
        "cardholder",
        moves=(StoryMove(EAST, CANADA, 12.9, "ada", "The replica in us-east-1 is to be deleted"),),
        pending_deletion_in=(EAST,),
        rotates=False,
    ),
    StoryKey(
        ARCHIVE,
        "tapes-2019",
        "Tapes of 2019, past their retention",
        EAST,
        (OREGON,),
        pending_deletion_in=(EAST, OREGON),
        rotates=False,
    ),
    StoryKey(
        ARCHIVE,
        "audit-trail",
        "Copies of the audit trail",
        IRELAND,
        (FRANKFURT, CANADA, SYDNEY),
        "audit",
        moves=(
            StoryMove(EAST, CANADA, 402.5, "cleo", "Audit leaves the production Region"),
            StoryMove(CANADA, IRELAND, 95.2, "cleo", RESIDENCY),
        ),
    ),
)

# alias, description, primary and replicas, data class
PLAIN: tuple[tuple[StoryAccount, tuple[tuple[str, str, tuple[str, ...], str], ...]], ...] = (
    (
        PAYMENTS,
        (
            ("acquirer-links", "Credentials towards acquirers", (EAST, IRELAND), "secret"),
            ("bank-transfers", "Transfers between own accounts", (IRELAND, FRANKFURT), "financial"),
            ("billing-exports", "Monthly exports for accounting", (EAST, OREGON), "financial"),
            ("checkout-sessions", "Open baskets", (EAST, OREGON, IRELAND, SYDNEY), "personal"),
            ("customer-pii", "Names and addresses", (IRELAND, FRANKFURT, EAST), "personal"),
            ("direct-debit", "Mandates", (FRANKFURT, IRELAND), "financial"),
            ("fraud-features", "Inputs of the fraud model", (OREGON, EAST), "internal"),
            ("invoice-store", "Invoices for ten years", (IRELAND, FRANKFURT), "financial"),
            ("kyc-documents", "Identity documents", (FRANKFURT, IRELAND), "personal"),
            ("limits", "Spending limits", (EAST, CANADA), "internal"),
            ("merchant-secrets", "Webhook secrets of merchants", (EAST, IRELAND, SYDNEY), "secret"),
            ("mobile-wallet", "Device tokens", (SYDNEY, EAST), "cardholder"),
            ("payment-queue", "Messages in flight", (EAST, OREGON, IRELAND), "internal"),
            ("pin-blocks", "PIN blocks in transit", (EAST, OREGON), "cardholder"),
            ("reconciliation", "Matched bank lines", (IRELAND, EAST), "financial"),
            ("refunds", "Refund instructions", (EAST, IRELAND), "financial"),
            ("risk-scores", "Scores by customer", (OREGON, EAST, IRELAND), "personal"),
            ("statements", "Monthly statements", (CANADA, EAST), "personal"),
            ("tax-reports", "Reports to tax offices", (FRANKFURT, IRELAND), "financial"),
        ),
    ),
    (
        RESEARCH,
        (
            ("assay-raw", "Raw measurements", (OREGON, EAST), "internal"),
            ("biobank", "Where each sample lies", (IRELAND, FRANKFURT, SYDNEY), "health"),
            ("cohort-links", "Links from person to pseudonym", (FRANKFURT, IRELAND), "personal"),
            ("compute-scratch", "Scratch disks of the cluster", (OREGON, EAST), "internal"),
            ("dna-reads", "Reads from sequencers", (OREGON, SYDNEY), "health"),
            ("ethics-board", "Minutes of the ethics board", (CANADA, EAST), "personal"),
            ("feature-store", "Features for models", (OREGON, EAST, IRELAND), "internal"),
            ("grants", "Applications for grants", (EAST, IRELAND), "internal"),
            ("imaging", "Scans of trial subjects", (IRELAND, FRANKFURT, CANADA), "health"),
            ("lab-notebooks", "Electronic notebooks", (EAST, OREGON), "internal"),
            ("model-weights", "Weights of trained models", (OREGON, EAST, SYDNEY), "secret"),
            ("partners-inbox", "Files from universities", (IRELAND, EAST), "internal"),
            ("protein-maps", "Folded structures", (OREGON, EAST), "internal"),
            ("registry", "Register of studies", (FRANKFURT, IRELAND), "health"),
            ("sequencer-keys", "Device certificates", (SYDNEY, OREGON), "secret"),
            ("survey-answers", "Answers of volunteers", (CANADA, EAST), "personal"),
        ),
    ),
    (
        ARCHIVE,
        (
            ("board-minutes", "Minutes since 1998", (CANADA, EAST), "internal"),
            ("contracts", "Signed contracts", (EAST, IRELAND, FRANKFURT), "internal"),
            ("email-journal", "Journalled mail", (EAST, OREGON), "personal"),
            ("ledger-2015", "Ledger up to 2015", (EAST, IRELAND), "financial"),
            ("ledger-2020", "Ledger up to 2020", (EAST, IRELAND), "financial"),
            ("legal-holds", "Held for court", (CANADA, EAST, IRELAND), "audit"),
            ("patents", "Patent files", (EAST, FRANKFURT), "internal"),
            ("payroll-history", "Payroll of former years", (FRANKFURT, IRELAND), "personal"),
            ("photo-store", "Photographs of premises", (SYDNEY, EAST), "internal"),
            ("sealed-bids", "Bids in tenders", (CANADA, EAST), "secret"),
            ("source-escrow", "Source code in escrow", (EAST, OREGON), "secret"),
            ("tapes-2021", "Tapes of 2021", (EAST, OREGON), "internal"),
            ("trade-records", "Trades, kept seven years", (IRELAND, EAST), "financial"),
        ),
    ),
)

KEYS = (
    *ODD,
    *(
        StoryKey(account, alias, description, regions[0], regions[1:], data_class)
        for account, keys in PLAIN
        for alias, description, regions, data_class in keys
    ),
)

SINGLE_REGION_ALIASES = ("app-logs", "build-artifacts", "terraform-state")
"""One single-Region key each, in every Region of every account that can be entered."""
