// Why a callback was not verified, in words, and what to change. The codes are the server's.

export type Words = { title: string; what: string; change: string };

const refused = "so the request was answered 401 and kept here.";

const byCode: Record<string, Words> = {
  missing_signature: {
    title: "The signature header is missing",
    what: `The request carried no signature, ${refused}`,
    change:
      "Set the webhook secret at the sender. If it has one, look at the request headers below: a proxy in between may have dropped the header.",
  },
  invalid_signature: {
    title: "The signature does not fit",
    what: `It fits the bytes that were received under no active secret of this source, ${refused}`,
    change:
      "Compare the secret at the sender with the one here. If they are equal, something on the way has changed the body.",
  },
  missing_token: {
    title: "The token is missing",
    what: `The request carried no bearer token, ${refused}`,
    change: "Set the secret at the sender, so that it sends the Authorization header.",
  },
  invalid_token: {
    title: "The token is wrong",
    what: `The bearer token is no active secret of this source, ${refused}`,
    change: "Compare the secret at the sender with the one here.",
  },
  missing_timestamp: {
    title: "The timestamp header is missing",
    what: `This source signs a timestamp, and the request carried none, ${refused}`,
    change: "Look at the request headers below: a proxy in between may have dropped the header.",
  },
  unreadable_timestamp: {
    title: "The timestamp cannot be read",
    what: `Its header holds no time in the unit of this source, ${refused}`,
    change: "Compare the unit, seconds or milliseconds, with the settings of this source.",
  },
  stale_timestamp: {
    title: "The timestamp is out of tolerance",
    what: `It is too far from the time at which the request came, ${refused}`,
    change:
      "Set the clocks at the sender and here. If they are right, the request waited on the way, or somebody sent an old one again.",
  },
  foreign_timestamp: {
    title: "The timestamp is not the one that was signed",
    what: `The header and the signed body name different times, ${refused}`,
    change: "Nobody vouches for such a header. Look for a proxy that sets it anew.",
  },
  missing_header: {
    title: "A header that is signed is missing",
    what: `What this source signs includes a header that did not come, ${refused}`,
    change: "Look at the request headers below: a proxy in between may have dropped it.",
  },
};

/** `rejection` is null where the source has no secret and accepts what is not signed, and for what an admin accepted. */
export function wordsFor(rejection: string | null, source: string, isAccepted = false): Words {
  if (isAccepted && rejection === null) {
    return {
      title: "Accepted, but not verified",
      what: "An admin has accepted a request that did not verify.",
      change: "Nothing proves who sent it, or that nobody has changed it on the way.",
    };
  }
  if (rejection === null) {
    return {
      title: "The signature was not verified",
      what: `The source ${source} has no secret, so anybody can have sent this.`,
      change: "Set a secret at the sender and for this source.",
    };
  }
  // A code that a later server made up is still readable.
  const known = Object.hasOwn(byCode, rejection) ? byCode[rejection] : undefined;
  const words = rejection.replaceAll("_", " ");
  return (
    known ?? {
      title: words.charAt(0).toUpperCase() + words.slice(1),
      what: `The request was not authenticated, ${refused}`,
      change: "Compare the settings of this source with those at the sender.",
    }
  );
}
