# Jede E-Mail, für Administratoren zum Ansehen. Kein HTML hier.

preview-what = Jede Art von E-Mail, wie sie ankommt, mit erfundenen Personen darin. Hier wird nichts verschickt, und kein Link darin führt irgendwohin.
preview-language = Sprache
preview-kinds = Arten von E-Mails
preview-all = Alle E-Mails
preview-width = Breite
preview-sample = Beispiel
preview-html = Wie die meisten sie sehen
preview-text = Als reiner Text

preview-decide = An die Person, die entscheidet: Jemand bittet um Zugriff.
preview-invite = An die Person, die entscheidet: Jemand bietet Zugriff an.
preview-reminder = An die Person, die entscheidet: Es wartet noch.
preview-fresh-link = An die Person, die entscheidet: der neue Link, um den sie gebeten hat.
preview-receipt = An die Person, die gefragt hat: Die Bitte ist unterwegs.
preview-approved = An die Person, die gefragt hat: ja.
preview-approved-less = An die Person, die gefragt hat: ja, aber für weniger.
preview-declined = An die Person, die gefragt hat: nein.
preview-withdrawn = An die Person, die entscheiden sollte: Es braucht keine Antwort mehr.
preview-expired = An die Person, die gefragt hat: Niemand hat rechtzeitig geantwortet.
preview-cancelled = An die Person, die gefragt hat: Es kann nicht mehr entschieden werden.
preview-another-decides = An die Person, die bisher entschied: Jemand anders tut es jetzt.
preview-sign-in-code = An die Person, die sich anmeldet: ein Code.
preview-sign-in-warning = An die Person, deren Passwort andere zu erraten versuchen, nach hundert falschen in Folge.
preview-undeliverable = An die Person, die gefragt hat: Die E-Mail kam nicht an.
preview-shared = An die Person, die etwas bekommt: Jemand hat es mit ihr geteilt.
preview-ends-soon = An die Person, die Zugriff hat: Er endet bald.
preview-ended = An die Person, die Zugriff hatte: Seine Zeit ist um.
preview-revoked = An die Person, die Zugriff hatte: Er wurde zurückgenommen.
preview-summary = An Administratoren: was auf jemanden wartet.
