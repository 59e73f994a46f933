# Was die Seiten sagen. Kein HTML. $kind: `ask` (jemand bittet um etwas, das der entscheidenden Person gehört) oder `invite`
# (jemand bietet etwas an).

# Wörter in Sätzen
pages-level = { level }
# „… Lesezugriff auf Schlafdaten“
pages-access = { $level ->
    [view] Lesezugriff
    [edit] Lese- und Schreibzugriff
   *[contribute] Lese-, Schreib- und Löschzugriff
}
pages-explained = { level-explained }
pages-nameless = (ohne Namen)
pages-thing-yours = Ihre Daten (als { $name })
pages-thing-theirs = deren Daten (als { $name })
state-pending = wartet
state-waits-for-you = wartet auf Sie
state-approved = zugestimmt
state-declined = abgelehnt
state-withdrawn = zurückgezogen
state-expired = abgelaufen
state-cancelled = aufgehoben
state-failed = nicht zugestellt
state-live = hat Zugriff
state-yours = Ihr Zugriff
state-later = noch nicht
state-off = ausgeschaltet
state-over = beendet
state-taken-back = entzogen

# Um jede Seite herum
frame-skip = Zum Inhalt springen
frame-ways = Ihre Seiten
frame-inbox = Eingang
frame-admin = Verwaltung
frame-sign-out = Abmelden
frame-signed-in = Angemeldet als { $name } ({ $address }).
frame-foot = Zugriff gibt nur, wem die Daten gehören, und sonst niemand. Wir fragen nie per E-Mail nach Ihrem Passwort.
to-inbox = Zu Ihrem Eingang
to-own-inbox = Zu Ihrem eigenen Eingang
problems-heading = { $number ->
    [one] Es gibt ein Problem
   *[other] Es gibt Probleme
}
problems-title = Problem: { $title }

# Die erste Seite
front-title = Um Zugriff bitten
front-heading = Zugriff, mit dem Ja der richtigen Person
front-lead = Jemand bittet um Zugriff auf Daten. Wem die Daten gehören, bekommt eine E-Mail, sieht es sich an und sagt Ja oder Nein. Gegebener Zugriff lässt sich jederzeit wieder entziehen.
front-letter = Sie haben eine E-Mail bekommen
front-letter-do = Öffnen Sie den Link darin. Nichts geschieht, bevor Sie auf eine Schaltfläche drücken.
front-own = Sie möchten sehen, was Sie gegeben haben, was Sie haben oder worum Sie gebeten haben

# Anmelden
sign-in-heading = Anmelden
sign-in-button = Anmelden
sign-in-name = E-Mail-Adresse oder Benutzername
sign-in-name-missing = Geben Sie Ihre E-Mail-Adresse oder Ihren Benutzernamen ein.
sign-in-code = Mit einem Code per E-Mail
sign-in-code-what = Wir schicken Ihnen sechs Ziffern, die zehn Minuten lang gelten. Ein Passwort brauchen Sie dafür nicht.
sign-in-code-button = Code zuschicken
sign-in-password = Mit Ihrem Passwort
sign-in-password-label = Passwort
sign-in-wrong = Name und Passwort passen nicht zusammen. Prüfen Sie beides, oder melden Sie sich mit einem Code per E-Mail an.
password-missing = Geben Sie Ihr Passwort ein.
code-heading = Code eingeben
code-to-address = Wir haben einen sechsstelligen Code an { $address } geschickt.
code-to-name = Falls wir „{ $name }“ kennen, haben wir einen sechsstelligen Code an die hinterlegte Adresse geschickt.
code-label = Sechs Ziffern aus der E-Mail
code-note = Es kann eine Minute dauern, bis die E-Mail da ist. Der Code gilt zehn Minuten lang.
code-none = Keine E-Mail bekommen?
code-none-do = Sehen Sie im Ordner für unerwünschte E-Mails nach. Ist sie auch dort nicht, fordern Sie einen neuen Code an; nur der neueste gilt.
code-again = Neuen Code zuschicken
code-other-way = Auf andere Weise anmelden
code-missing = Geben Sie die sechs Ziffern aus der E-Mail ein.
code-wrong = Dieser Code ist falsch oder gilt nicht mehr. Nehmen Sie die neueste E-Mail; nach fünf falschen Versuchen oder zehn Minuten fordern Sie einen neuen Code an.
code-wrong-left = { $left ->
    [one] Dieser Code ist falsch. Sie haben noch einen Versuch; sehen Sie in der neuesten E-Mail nach.
   *[other] Dieser Code ist falsch. Sie haben noch { $left } Versuche; sehen Sie in der neuesten E-Mail nach.
}
code-dead = Dieser Code gilt nicht mehr: Er ist verbraucht, älter als zehn Minuten oder war fünfmal falsch. Fordern Sie unten einen neuen an.

# Anmelden bei einem Anbieter ($name), den der Betreiber eingerichtet hat
elsewhere-heading = Mit einem Konto, das Sie anderswo haben
elsewhere-or = Oder mit einem Konto, das Sie anderswo haben
elsewhere-button = Anmelden mit { $name }
elsewhere-what = Sie kommen auf diese Seite zurück. Worum es in Ihrer E-Mail geht, erfährt dort niemand.
elsewhere-back = Zurück zu allen Arten, sich anzumelden
elsewhere-other-ways = Es wurde nichts geändert. Sie können es noch einmal versuchen oder sich auf andere Weise anmelden.
elsewhere-down = { $name } antwortet nicht
elsewhere-down-why = Wir haben { $name } gebeten, Sie anzumelden, und nicht rechtzeitig eine Antwort bekommen.
elsewhere-down-do = Es wurde nichts geändert. Versuchen Sie es in einer Minute noch einmal, oder melden Sie sich auf andere Weise an.
elsewhere-odd = Sie konnten nicht angemeldet werden
elsewhere-unusable-why = { $name } hat etwas geantwortet, womit wir nichts anfangen können.
elsewhere-unusable-do = Es wurde nichts geändert. Melden Sie sich auf andere Weise an, und sagen Sie es dem Betreiber dieser Seite: Der Grund steht im Protokoll.
elsewhere-forged-why = Wir konnten nicht sicherstellen, dass die Antwort von { $name } kam und für Sie bestimmt war. Darum haben wir ihr nicht geglaubt.
elsewhere-forged-do = Es wurde nichts geändert. Beginnen Sie auf der Anmeldeseite noch einmal. Geschieht es wieder, melden Sie sich auf andere Weise an, und sagen Sie es dem Betreiber dieser Seite.
elsewhere-denied = { $name } hat Sie nicht angemeldet
elsewhere-denied-why = Entweder sind Sie dort umgekehrt, oder Ihr Konto darf hier nicht verwendet werden.
elsewhere-stale = Bitte beginnen Sie noch einmal
elsewhere-stale-why = Diese Anmeldung wurde in einem anderen Browser oder Fenster begonnen, hat länger als zehn Minuten gedauert oder wurde schon verwendet.
elsewhere-stale-do = Es wurde nichts geändert. Gehen Sie zurück und drücken Sie noch einmal auf die Schaltfläche.
elsewhere-unverified = { $name } hat Ihre Adresse nicht bestätigt
elsewhere-unverified-why = Wir kennen die Leute an ihrer E-Mail-Adresse und nehmen eine nur an, wenn { $name } bestätigt hat, dass sie Ihnen gehört.
elsewhere-unverified-do = Bestätigen Sie dort Ihre Adresse und versuchen Sie es noch einmal, oder melden Sie sich mit einem Code per E-Mail an.
elsewhere-unknown = Niemand hier hat Ihre Adresse
elsewhere-unknown-why = Bei { $name } sind Sie { $address }, und diese Adresse ist hier nicht bekannt.
elsewhere-unknown-do = Hat eine E-Mail von uns Sie hierher geführt, melden Sie sich mit einem Code an, den wir an deren Adresse schicken.
elsewhere-linked = Ihr Konto hier gehört zu einem anderen
elsewhere-linked-why = Wer hier Ihre Adresse hat, hat sich früher mit einem anderen Konto bei { $name } angemeldet.
elsewhere-linked-do = Verwenden Sie dieses Konto. Gibt es das nicht mehr, melden Sie sich mit einem Code per E-Mail an und lösen Sie die Verknüpfung unter „Wo Sie angemeldet sind“.

# Wo jemand angemeldet ist
sessions-heading = Wo Sie angemeldet sind
sessions-what = Jeder dieser Browser ist als Sie angemeldet. Melden Sie ab, was Sie nicht kennen oder nicht mehr brauchen: Das wirkt sofort.
sessions-here = dieser Browser
sessions-unknown = Ein Browser, der seinen Namen nicht sagt
sessions-since = Angemeldet am { $moment }
sessions-seen = Zuletzt verwendet am { $moment }
sessions-from = Von der Adresse { $address }
sessions-end = Dort abmelden
sessions-end-others = Überall sonst abmelden
sessions-said-ended = Der andere Browser ist abgemeldet.
sessions-said-others = Alle anderen Browser sind abgemeldet.
identities-heading = Konten anderswo
identities-what = Mit diesen können Sie sich hier anmelden. Lösen Sie eine Verknüpfung, die nicht mehr Ihre ist; die nächste Anmeldung dort verknüpft neu, anhand Ihrer Adresse.
identities-since = Verknüpft am { $moment }
identities-seen = Zuletzt verwendet am { $moment }
identities-unlink = Verknüpfung lösen
identities-said-unlinked = Die Verknüpfung ist gelöst.

# Anmelden, um zu antworten
gate-heading = Anmelden, um zu antworten
gate-why = Ihr Link ging an { $address }. Bevor wir zeigen, worum es geht, zeigen Sie uns bitte, dass Sie diese Person sind. Bisher ist nichts geschehen.
gate-code = Sechsstelligen Code zuschicken
gate-code-what = Er geht an dieselbe Adresse. Ein Passwort brauchen Sie nicht.
gate-password = Oder mit Ihrem Passwort
gate-password-label = Ihr Passwort bei uns
gate-password-wrong = Dieses Passwort ist falsch. Prüfen Sie es, oder lassen Sie sich einen Code zuschicken.
gate-dead = Dieser Link funktioniert nicht mehr
gate-dead-why = Die Adresse, an die er ging, hat sich seither geändert, oder die Datenbank wurde aus einer Sicherung wiederhergestellt. Falls die Anfrage noch auf Antwort wartet, können wir einen neuen Link an die heutige Adresse der Person schicken.
gate-dead-fresh = Neuen Link zuschicken
gate-dead-sign-in = Anmelden, um mehr zu sehen, falls er für Sie ist
trust-heading = Ist das echt? So gehen Sie sicher
trust-address = In der Adresszeile Ihres Browsers muss { $host } stehen.
trust-inbox = Es geht auch ohne den Link aus der E-Mail: Geben Sie { $host } selbst ein, melden Sie sich an und sehen Sie in Ihren Eingang. Worum Sie gebeten werden, steht auch dort.
trust-never = Wir fragen nie per E-Mail oder Telefon nach einem Passwort oder nach Geld, und nichts geschieht, bevor Sie hier auf eine Schaltfläche drücken.
wrong-heading = Dieser Link ist für jemand anderen
wrong-yours = Sie sind angemeldet als
wrong-theirs = Der Link ging an
wrong-theirs-gone = eine Adresse, die hier nicht mehr verwendet wird
wrong-why = Nur die Person, an die er ging, kann es sich ansehen und antworten. Sind beides Sie, melden Sie sich mit der anderen Adresse an; Ihr Link bleibt so lange erhalten.
wrong-switch = Konto wechseln
wrong-forwarded = Wurde die E-Mail an Sie weitergeleitet, tun Sie nichts: Es wurde nichts freigegeben.
no-link-heading = Öffnen Sie den Link in Ihrer E-Mail
no-link-why = Auf dieser Seite werden Bitten um Zugriff beantwortet. Dazu braucht es den Link aus der E-Mail, die wir Ihnen geschickt haben.
no-link-do = Öffnen Sie diese E-Mail und drücken Sie noch einmal auf ihre Schaltfläche. Ein geöffneter Link wird 15 Minuten lang gemerkt.
no-link-inbox = Ansehen, worum Sie gebeten werden
fresh-heading = Sehen Sie in Ihre E-Mails
fresh-if = Falls die Anfrage noch auf Antwort wartet, ist ein neuer Link unterwegs an die Adresse, die wir von der Person haben, an die er zuerst ging.
fresh-often = Er wird höchstens alle zehn Minuten verschickt, und insgesamt fünfmal. Die Links der früheren E-Mails führen zu derselben Anfrage.
fresh-back = Zurück zum geöffneten Link

# Entscheiden
review-heading = { $kind ->
    [invite] { $asker } bietet Ihnen Zugriff an
   *[ask] { $asker } bittet um Zugriff
}
review-lead = { $asker } möchte { $thing } { pages-level }. Nur Sie können zustimmen.
review-offer = { $asker } lädt Sie ein: Sie könnten { $thing } { pages-level }. Es liegt bei Ihnen.
review-who = { $kind ->
    [invite] Wer anbietet
   *[ask] Wer fragt
}
review-filed-by = Eingereicht von
review-through = Über die App
review-owner = Wem es gehört
review-what = Was
review-access = Zugriff
review-how-long = Wie lange
review-held-until = höchstens bis { $moment }, wenn deren eigener Zugriff endet
review-answer-by = Antwort bis
review-writes = { $asker } schreibt:
review-answer = Ihre Antwort
review-approve = { $kind ->
    [invite] Annehmen
   *[ask] Zustimmen
}
review-decline = Ablehnen
review-undo = { $kind ->
    [invite] Sie können den Zugriff jederzeit abgeben. Wenn Sie nichts tun, bekommt niemand Zugriff, und das Angebot endet von selbst.
   *[ask] Sie können den Zugriff jederzeit entziehen. Wenn Sie nichts tun, bekommt niemand Zugriff, und die Anfrage endet von selbst.
}
review-less = { $kind ->
    [invite] Weniger annehmen
   *[ask] Weniger geben
}
review-less-button = { $kind ->
    [invite] Dies annehmen
   *[ask] Diesem zustimmen
}
review-level = Wie viel
review-ends = Wie lange
review-ends-asked = { $kind ->
    [invite] wie angeboten
   *[ask] wie erbeten
}
review-ends-day = einen Tag lang
review-ends-week = eine Woche lang
review-ends-month = 30 Tage lang
review-ends-quarter = 90 Tage lang
review-ends-year = ein Jahr lang
review-ends-date = bis zum Ende eines Tages
review-last-day = Letzter Tag
review-parts = Was davon
review-word = Mit einem Wort ablehnen
review-reason = Ihre Worte
review-reason-note = { $asker } wird sie lesen.
review-word-button = Mit diesen Worten ablehnen
review-problem-level = Wählen Sie, wie viel Sie geben: so viel wie erbeten oder weniger.
review-problem-date = Geben Sie den letzten Tag ein, etwa 2027-03-31.
review-problem-date-over = Der letzte Tag ist vorbei. Geben Sie heute oder einen späteren Tag ein.
review-problem-date-late = Erbeten war es bis { $day }. Geben Sie diesen oder einen früheren Tag ein.
review-problem-end-passed = Das erbetene Ende ist vorbei. Sie können nur noch ablehnen.
review-problem-none = Wählen Sie mindestens eines aus. Um nichts zu geben, lehnen Sie ab.
review-problem-foreign = Eines davon gehört nicht zu dem, worum gebeten wurde. Laden Sie die Seite neu und wählen Sie noch einmal.
review-problem-reason-long = Schreiben Sie höchstens { $most } Zeichen.
review-problem-reason-odd = Darin sind Steuerzeichen. Schreiben Sie einfachen Text.

# Sperren
block-decline = Ablehnen und sperren
block-summary = { $who } sperren
block-what = { $who } kann Sie um nichts mehr bitten, bis Sie die Sperre in Ihrem Eingang aufheben. { $who } erfährt beim Fragen nur, dass Sie diese Anfragen nicht annehmen. Zugriff, den Sie früher gegeben haben, bleibt, bis Sie ihn entziehen.
block-declines = Diese Anfrage wird damit abgelehnt.
block-button = { $who } sperren
block-button-app = Die App { $app } sperren
block-is = Sie haben { $who } gesperrt.
block-lift = Rückgängig: { $who } darf wieder fragen
blocked-heading = Wen Sie gesperrt haben
blocked-what = Diese Personen und Apps können Sie um nichts bitten. Beim Fragen erfahren sie nur, dass Sie ihre Anfragen nicht annehmen.
blocked-none = Sie haben niemanden gesperrt.
blocked-since = seit { $day }
blocked-lift = { $who } wieder fragen lassen

# Was aus einer Anfrage geworden ist
told-who = { $kind ->
    [invite] Wer angeboten hat
   *[ask] Wer gefragt hat
}
told-thing = Was
told-access = Zugriff
told-ends = Endet
told-only = Nur
told-parts = ({ $some } von { $all }, die dazugehören)
told-level = { pages-level }: { pages-explained }
told-level-less = { pages-level } (statt { $asked })
told-approved = { $ends ->
    [open] { $kind ->
        [invite] Sie haben jetzt { pages-access }
       *[ask] Sie haben { $who } { pages-access } gegeben
    }
   *[day] { $kind ->
        [invite] Sie haben jetzt { pages-access } bis { $day }
       *[ask] Sie haben { $who } { pages-access } bis { $day } gegeben
    }
}
told-approved-next = { $kind ->
    [invite] Sie können den Zugriff jederzeit abgeben, hier oder in Ihrem Eingang.
   *[ask] { $who } erfährt es per E-Mail. Sie können den Zugriff jederzeit entziehen, hier oder in Ihrem Eingang.
}
told-undo = { $kind ->
    [invite] Rückgängig: Zugriff abgeben
   *[ask] Rückgängig: Zugriff entziehen
}
told-yes = Sie haben zugestimmt
told-yes-over = Der Zugriff, der daraus entstand, ist vorbei.
told-revoked = { $kind ->
    [invite] Sie haben diesen Zugriff nicht mehr
   *[ask] Dieser Zugriff wurde entzogen
}
told-revoked-what = { $kind ->
    [invite] Sie hatten { pages-access } auf { $thing }. Er endete am { $moment }.
   *[ask] Sie hatten { $who } { pages-access } auf { $thing } gegeben. Er endete am { $moment }.
}
told-revoked-next = { $kind ->
    [invite] Wird er doch gebraucht, kann { $who } ihn noch einmal anbieten.
   *[ask] Wird er doch gebraucht, kann { $who } noch einmal fragen.
}
told-ended = Dieser Zugriff ist zu Ende
told-ended-what = { $kind ->
    [invite] Sie hatten { pages-access } auf { $thing }. Er lief bis { $day }.
   *[ask] Sie hatten { $who } { pages-access } auf { $thing } gegeben. Er lief bis { $day }.
}
told-declined = Sie haben abgelehnt
told-declined-what = { $kind ->
    [invite] { $who } bot Ihnen { pages-access } auf { $thing } an. Sie haben Nein gesagt, und es wurde nichts freigegeben.
   *[ask] { $who } bat um { pages-access } auf { $thing }. Sie haben Nein gesagt, und es wurde nichts freigegeben.
}
told-declined-until = Haben Sie es sich anders überlegt? Bis { $moment } können Sie noch Ja sagen.
told-declined-again = Ab { $day } kann um dasselbe noch einmal gebeten werden.
told-approve = { $kind ->
    [invite] Doch annehmen
   *[ask] Doch zustimmen
}
told-quote = Ihre Worte dazu:
told-withdrawn = Keine Antwort mehr nötig
told-withdrawn-what = { $kind ->
    [invite] { $who } hat das Angebot zurückgenommen, bevor Sie geantwortet haben. Es wurde nichts freigegeben.
   *[ask] { $who } hat die Anfrage zurückgenommen, bevor Sie geantwortet haben. Es wurde nichts freigegeben.
}
told-expired = { $kind ->
    [invite] Dieses Angebot ist abgelaufen
   *[ask] Diese Anfrage ist abgelaufen
}
told-expired-what = Bis { $moment } kam keine Antwort, also wurde nichts freigegeben.
told-ask-again = { $kind ->
    [invite] Wenn es noch wichtig ist, sagen Sie { $who }, dass es noch einmal angeboten werden kann: Sie bekommen dann eine neue E-Mail mit einem neuen Link.
   *[ask] Wenn es noch wichtig ist, sagen Sie { $who }, dass noch einmal gefragt werden kann: Sie bekommen dann eine neue E-Mail mit einem neuen Link.
}
told-asked-again = Inzwischen wurde dasselbe noch einmal gefragt und wartet auf Ihre Antwort. Der Link dazu steht in der neuesten E-Mail; wir können ihn noch einmal schicken.
told-cancelled = { $kind ->
    [invite] Dieses Angebot wurde aufgehoben
   *[ask] Diese Anfrage wurde aufgehoben
}
told-why-asker-gone = Der Grund: Wer gefragt hat, ist nicht mehr hier.
told-why-decider-gone = Der Grund: Wer entscheiden würde, ist nicht mehr hier.
told-why-not-owner = Der Grund: Wer es angeboten hat, besitzt es nicht mehr.
told-why-owner-now = Der Grund: Es gehört jetzt der Person, die Zugriff bekommen hätte.
told-why-gone = Der Grund: Worum es ging, gibt es nicht mehr.
told-why-app = Der Grund: Die App, die gefragt hat, darf nicht mehr fragen.
told-why-admin = Der Grund: Die Verwaltung hat sie entfernt.
told-nothing-shared = Es wurde nichts freigegeben, und Sie müssen nichts tun.
told-failed = Unsere E-Mail ließ sich nicht zustellen
told-failed-what = Der Mailserver nahm die E-Mail nicht an, daher endete die Anfrage ohne Antwort. Es wurde nichts freigegeben.
told-pending = Diese Anfrage wartet auf Ihre Antwort
told-other-decides = Jetzt entscheidet jemand anderes
told-other-decides-what = Worum gebeten wurde, gehört jetzt einer anderen Person. Sie hat eine eigene E-Mail bekommen. Sie müssen nichts tun.
told-other-decided = Jemand anderes hat entschieden
told-other-decided-what = Worum gebeten wurde, gehört jetzt einer anderen Person. Sie hat die Anfrage beantwortet. Sie müssen nichts tun.
told-earlier-address = Dieser Link ging an eine frühere Adresse von Ihnen
told-earlier-address-what = Links gelten nur, solange die Adresse, an die sie gingen, Ihre ist. Falls die Anfrage noch auf Sie wartet, können wir einen neuen Link an Ihre heutige Adresse schicken.
told-restored = Dieser Link ist aus der Zeit vor einer Wiederherstellung
told-restored-what = Die Datenbank wurde aus einer Sicherung wiederhergestellt, und Links aus der Zeit davor gelten nicht mehr. Falls die Anfrage noch auf Sie wartet, können wir Ihnen einen neuen Link schicken.
told-over = Diese Anfrage ist zu Ende
told-fresh = Neuen Link zuschicken

# Der Eingang
inbox-lists = Listen
inbox-states = Welche davon
inbox-pages = Seiten
inbox-newer = Neuere
inbox-older = Ältere
inbox-export = Diese Liste herunterladen:
inbox-blocked = Wen Sie gesperrt haben
inbox-of-you = An Sie gerichtet
inbox-by-you = Von Ihnen gefragt
inbox-given = Von Ihnen gegeben
inbox-held = Ihre Zugriffe
inbox-waiting = Wartend
inbox-answered = Beantwortet
inbox-live = Jetzt
inbox-ended = Beendet
inbox-all = Alle
inbox-of-you-none-open = Nichts wartet auf Ihre Antwort.
inbox-of-you-none = Hier ist nichts: Niemand hat Sie um etwas gebeten.
inbox-by-you-none-open = Nichts von Ihnen wartet auf Antwort.
inbox-by-you-none = Sie haben um nichts gebeten.
inbox-given-none-open = Niemand hat Zugriff auf etwas von Ihnen.
inbox-given-none = Hier ist nichts.
inbox-held-none-open = Sie haben auf nichts von anderen Zugriff.
inbox-held-none = Hier ist nichts.
inbox-asks = { $kind ->
    [invite] Ihnen wird { pages-access } auf { $thing } angeboten
   *[ask] { $who } bittet um { pages-access } auf { $thing }
}
inbox-asked-whom = { $kind ->
    [invite] Sie haben { $who } { pages-access } auf { $thing } angeboten
   *[ask] Sie haben { $who } um { pages-access } auf { $thing } gebeten
}
inbox-asked = gefragt am { $asked }
inbox-asked-answered = gefragt am { $asked }, beantwortet am { $answered }
inbox-asked-over = gefragt am { $asked }, beendet am { $ended }
inbox-answer-by = Antwort bis { $moment }
inbox-answer-until = bis { $moment }
inbox-link = Antworten
inbox-link-what = Sie antworten mit dem Link in der E-Mail, die wir Ihnen geschickt haben. Ist sie verloren, können wir Ihnen eine neue schicken.
inbox-link-button = Link noch einmal zuschicken
inbox-link-later = Um Ja zu sagen, nehmen Sie den Link in der E-Mail, die wir Ihnen geschickt haben. Kommt sie nicht, können Sie ab { $moment } eine weitere bekommen.
inbox-link-no-more = Um Ja zu sagen, nehmen Sie den Link in einer der E-Mails, die wir Ihnen geschickt haben. Mehr werden für eine Anfrage nicht verschickt.
inbox-still-yes = Haben Sie es sich anders überlegt? Bis { $moment } können Sie noch Ja sagen, mit dem Link in Ihrer E-Mail.
inbox-decline = Ablehnen
inbox-decline-what = Es wird nichts freigegeben, und die andere Seite erfährt es per E-Mail.
inbox-decline-button = Ablehnen
inbox-offerer = Wer es angeboten hat,
inbox-reason = Ein Wort dazu, wenn Sie mögen
inbox-block = Sperren
inbox-block-what = Diese Person kann Sie um nichts mehr bitten, bis Sie die Sperre aufheben. Wartet diese Anfrage noch, wird sie abgelehnt. Zugriff, den Sie früher gegeben haben, bleibt, bis Sie ihn entziehen.
inbox-block-app = App sperren
inbox-block-app-what = Die App, über die das kam, kann Sie um nichts mehr bitten, für niemanden, bis Sie die Sperre aufheben. Wartet diese Anfrage noch, wird sie abgelehnt.
inbox-block-app-button = Die App sperren
mail-queued = Die E-Mail dazu wird gleich verschickt.
mail-sent = Die E-Mail ist bei ihrem Mailserver.
mail-deferred = Ihr Mailserver bat uns zu warten; wir versuchen es weiter.
mail-bounced = Die E-Mail ließ sich nicht zustellen. Prüfen Sie die Adresse und fragen Sie noch einmal.
inbox-resend = E-Mail noch einmal schicken
inbox-resend-what = Es geht eine weitere E-Mail mit einem eigenen Link hinaus; die früheren Links gelten weiter.
inbox-resend-button = Noch einmal schicken
inbox-withdraw = Zurückziehen
inbox-withdraw-what = Die andere Seite erfährt, dass keine Antwort mehr nötig ist. Sie können später noch einmal fragen.
inbox-withdraw-button = { $kind ->
    [invite] Angebot zurückziehen
   *[ask] Anfrage zurückziehen
}
inbox-again = { $kind ->
    [invite] Noch einmal anbieten
   *[ask] Noch einmal fragen
}
inbox-again-what = Dasselbe wird mit denselben Worten noch einmal gefragt. Dazu geht eine neue E-Mail hinaus.
inbox-again-button = { $kind ->
    [invite] Noch einmal anbieten
   *[ask] Noch einmal fragen
}
inbox-again-from = Um dasselbe können Sie ab { $moment } wieder bitten.
inbox-gave = { $who }: { pages-access } auf { $thing }
inbox-holds = { $who } gab Ihnen { pages-access } auf { $thing }
inbox-group = Die Gruppe { $name }
inbox-public-link = Alle mit dem öffentlichen Link
inbox-signed-in = Alle, die angemeldet sind
inbox-guests = Alle, die nicht angemeldet sind
inbox-everyone = Alle
inbox-and-more = { $first } und { $more } weitere
inbox-since = seit { $from }, ohne Enddatum
inbox-since-until = seit { $from }, bis { $moment }
inbox-since-to = seit { $from }, entzogen am { $moment }
inbox-only = Nur: { $parts }
inbox-shared-on = { $who } hat es weitergegeben.
inbox-through-group = Sie haben dies durch die Gruppe { $name }. Nur wer es gegeben hat oder wem es gehört, kann es entziehen.
inbox-take-back = Entziehen
inbox-take-back-what = Der Zugriff endet sofort, und mit ihm jeder, der davon weitergegeben wurde. Um ihn wieder zu bekommen, muss noch einmal gefragt werden.
inbox-take-back-button = Zugriff entziehen
inbox-give-up = Abgeben
inbox-give-up-what = Ihr Zugriff endet sofort. Um ihn wieder zu bekommen, müssen Sie noch einmal fragen.
inbox-give-up-button = Zugriff abgeben
said-link = Ein neuer Link ist unterwegs an Ihre E-Mail-Adresse.
said-declined = Sie haben abgelehnt. Es wurde nichts freigegeben.
said-withdrawn = Es ist zurückgezogen.
said-withdrawn-undo = Rückgängig: noch einmal fragen
said-resent = Die E-Mail ist noch einmal unterwegs.
said-again = Es ist noch einmal gefragt. Eine neue E-Mail ist unterwegs.
said-taken-back = Der Zugriff ist entzogen.
said-given-up = Sie haben den Zugriff abgegeben.
said-blocked = Von dort kann Sie niemand mehr um etwas bitten.
said-blocked-undo = Rückgängig: Sperre aufheben
said-lifted = Die Sperre ist aufgehoben.

# Die aufgefangenen E-Mails
mailbox-heading = Postfach
mailbox-why = E-Mails werden nicht verschickt, sondern hier aufbewahrt, weil mail.transport auf „capture“ steht. Nur dieser Rechner kann diese Seite sehen.
mailbox-nothing = Noch keine E-Mail. Laden Sie die Seite neu, nachdem etwas gefragt wurde.
mailbox-from = Von
mailbox-to = An
mailbox-received = Empfangen
mailbox-html = Als HTML lesen
mailbox-text = Als einfacher Text

# Wenn etwas nicht geht
trouble-unchanged = Es wurde nichts geändert.
trouble-link = Das ist kein gültiger Link
trouble-link-why = Der Link ist unvollständig oder nicht von uns. Manche Mailprogramme brechen einen langen Link entzwei.
trouble-link-do = Öffnen Sie ihn noch einmal aus der E-Mail, oder kopieren Sie die ganze Adresse aus der E-Mail in Ihren Browser.
no-cookie-heading = Ihr Browser hat unser Cookie nicht behalten
no-cookie-link = Dieser Browser hat das Cookie nicht zurückgeschickt, das für den nächsten Schritt nötig ist. Private Fenster, Datenschutzeinstellungen, Erweiterungen und die Browser in Mail-Apps können Cookies blockieren.
no-cookie-link-do = Es wurde nichts geändert. Erlauben Sie Cookies für { $host }, oder öffnen Sie den Link aus der E-Mail in einem anderen Browser.
no-cookie-code = Dieser Browser hat das Cookie nicht zurückgeschickt, an dem wir erkennen, für wen der Code angefordert wurde. Private Fenster, Datenschutzeinstellungen, Erweiterungen und die Browser in Mail-Apps können Cookies blockieren.
no-cookie-code-do = Der Code aus der E-Mail gilt nur in dem Browser, der ihn angefordert hat. Erlauben Sie Cookies für { $host } und fordern Sie einen neuen Code an, oder melden Sie sich in einem anderen Browser an.
no-cookie-form = Dieser Browser hat unser Cookie nicht mitgeschickt. Ohne Cookie können wir nicht feststellen, ob das Formular von Ihnen kommt.
no-cookie-form-do = Es wurde nichts geändert. Erlauben Sie Cookies für { $host }, öffnen Sie die Seite noch einmal und senden Sie das Formular erneut.
no-cookie-elsewhere = Sie kommen von { $name } zurück, aber dieser Browser hat das Cookie nicht zurückgeschickt, mit dem die Anmeldung begann.
no-cookie-elsewhere-do = Es wurde nichts geändert. Erlauben Sie Cookies für { $host }, und melden Sie sich noch einmal an.
other-name = Diese Website hat eine andere Adresse
other-name-why = Sie haben sie unter einem Namen geöffnet, der nicht ihr eigener ist. Formulare lassen sich nur von der eigenen Adresse aus senden.
other-name-do = Es wurde nichts geändert. Öffnen Sie { $url }, und versuchen Sie es noch einmal.
other-name-open = { $url } öffnen
trouble-forged = Dieses Formular kann nicht mehr gesendet werden
trouble-forged-why = Es kam nicht von einer unserer Seiten, oder Sie haben sich an- oder abgemeldet, seit die Seite geöffnet wurde.
trouble-forged-do = Es wurde nichts geändert. Gehen Sie zurück, laden Sie die Seite neu und versuchen Sie es noch einmal. Ihr Browser muss von dieser Website Cookies annehmen.
trouble-form = Dieses Formular ist nicht lesbar
trouble-form-do = Es wurde nichts geändert. Gehen Sie zurück und versuchen Sie es noch einmal.
trouble-filter = So lässt sich diese Liste nicht filtern
trouble-filter-do = Die Adresse nennt einen Filter, den diese Liste nicht hat, oder denselben Filter zweimal. Öffnen Sie die Liste neu und wählen Sie dort einen Filter.
trouble-big = Das ist zu lang
trouble-big-do = Es wurde nichts geändert. Gehen Sie zurück, schreiben Sie einen kürzeren Text und versuchen Sie es noch einmal.
trouble-nothing = Hier ist nichts
trouble-nothing-why = Die Adresse ist falsch, oder was hier war, gibt es nicht mehr.
trouble-forbidden = Das geht nicht
trouble-invalid = So geht das nicht
trouble-invalid-why = In einem der Felder steht etwas, das nicht sein kann. Gehen Sie zurück, laden Sie die Seite neu und versuchen Sie es noch einmal.
trouble-end-over = Das erbetene Ende ist vorbei. Fragen Sie neu, mit einem späteren.
trouble-pending = Dazu ist bereits eine Anfrage offen
trouble-pending-why = Sie nennt andere Bedingungen: eine andere Stufe, ein anderes Ende, eine andere Nachricht oder Auswahl.
trouble-pending-do = Warten Sie auf die Antwort, oder ziehen Sie diese Anfrage zurück und fragen Sie erneut.
trouble-wait = Bitte warten Sie ein wenig
trouble-again = Versuchen Sie es wieder nach { $moment }.
trouble-many-any = Das geschah zu oft.
trouble-many-letters = Die E-Mail wurde so oft verschickt, wie es für eine Anfrage geht.
trouble-many-soon = Die E-Mail wird höchstens alle zehn Minuten noch einmal verschickt.
trouble-many-declined = Dasselbe wurde schon abgelehnt.
trouble-many-theirs = Diese Person hat so viele E-Mails bekommen, wie wir einer Person schicken.
trouble-many-from-you = Sie haben diese Person so oft per E-Mail gefragt, wie es einer einzelnen Person erlaubt ist.
trouble-many-domain = An die Mail-Domain dieser Person sind so viele E-Mails gegangen, wie wir an eine Domain schicken.
trouble-many-yours = Sie haben so viele E-Mails veranlasst, wie wir für eine Person verschicken.
trouble-many-tries = Es gab zu viele Versuche.
trouble-many-network = Es gab zu viele Versuche aus Ihrem Netz.
trouble-busy = Das konnte nicht gespeichert werden
trouble-busy-why = Wir sind gerade überlastet.
trouble-busy-do = Bitte versuchen Sie es in einer Minute noch einmal.
trouble-broken = Bei uns ist etwas schiefgegangen
trouble-broken-do = Bitte versuchen Sie es noch einmal. Geschieht es wieder, sagen Sie es denen, die diese Website betreiben.
trouble-why-not-yours = Das steht Ihnen nicht zu.
trouble-why-asker-only = Das kann nur, wer gefragt hat.
trouble-why-decider-only = Das kann nur, wer entscheidet.
trouble-why-asker-over = Wer gefragt hat, darf nicht mehr darum bitten; zustimmen geht daher nicht mehr. Sie können ablehnen oder die Anfrage von selbst enden lassen.
trouble-why-offer-over = Wer dies anbietet, darf es nicht mehr weitergeben.
trouble-why-offer-less = Wer dies anbietet, hat selbst nicht mehr so viel.
trouble-why-group = Es ist einer Gruppe gegeben, in der Sie sind. Nur wer es gegeben hat oder wem die Daten gehören, kann es entziehen.
trouble-why-blocked = Diese Person nimmt keine Anfragen von Ihnen an.
trouble-to-front = Zur ersten Seite
trouble-to-request = Zurück zur Anfrage
trouble-to-inbox = Zu Ihrem Eingang
trouble-to-admin = Zur Übersicht
trouble-to-sign-in = Zurück zur Anmeldung
trouble-to-sessions = Zurück zu Ihren Anmeldungen

# Asking to keep access that ends
renew-heading = Zugriff behalten
renew-said = Wir fragen { $decider }. Sie hören von uns, sobald es eine Antwort gibt.
renew-what = Sie haben Zugriff auf { $thing } ({ $level }). Er endet: { $ends }.
renew-asked = Sie haben darum gebeten, ihn zu behalten. Eine Antwort gibt es noch nicht.
renew-again = { $decider } hat das schon einmal abgelehnt. Sie können ab { $from } wieder fragen.
renew-decides = { $decider } entscheidet, ob Sie ihn behalten, { $how_long }.
renew-message = Eine Nachricht an { $decider } (wenn Sie möchten)
renew-button = Um Verlängerung bitten
