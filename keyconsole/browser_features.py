"""Which features of a browser pages may use, for the Permissions-Policy header: those that they do use."""

from __future__ import annotations

# Copy buttons write to the clipboard; passkeys are made and asked for. On every page, since proof is.
_USED = ("clipboard-write", "publickey-credentials-create", "publickey-credentials-get")
# Each by name: a browser allows a page of ours whatever is not denied. What people have from their browser
# itself (autofill of passwords, translation of a page, focus) is not denied. Neither are client hints, which
# no browser sends unasked.
_DENIED = (
    "accelerometer",
    "autoplay",
    "bluetooth",
    "browsing-topics",
    "camera",
    "captured-surface-control",
    "clipboard-read",
    "compute-pressure",
    "cross-origin-isolated",
    "deferred-fetch",
    "deferred-fetch-minimal",
    "digital-credentials-create",
    "digital-credentials-get",
    "display-capture",
    "encrypted-media",
    "fullscreen",
    "gamepad",
    "geolocation",
    "gyroscope",
    "hid",
    "identity-credentials-get",
    "idle-detection",
    "interest-cohort",
    "keyboard-map",
    "language-detector",
    "language-model",
    "local-fonts",
    "local-network-access",
    "magnetometer",
    "media-playback-while-not-visible",
    "microphone",
    "midi",
    "on-device-speech-recognition",
    "otp-credentials",
    "payment",
    "picture-in-picture",
    "private-state-token-issuance",
    "private-state-token-redemption",
    "screen-wake-lock",
    "serial",
    "speaker-selection",
    "storage-access",
    "summarizer",
    "sync-xhr",
    "translator",
    "usb",
    "web-share",
    "window-management",
    "xr-spatial-tracking",
)
WHAT_PAGES_MAY_USE = dict.fromkeys(_USED, "self") | dict.fromkeys(_DENIED, "none")
