# Jeder Brief: Betreff, Vorschauzeile, Überschrift, erster Satz, Knopf, was der Knopf tut, warum der Brief kommt. Anrede: Sie.

hello = Guten Tag { $reader }!
hello-nameless = Guten Tag!
link-plain = Falls die Schaltfläche nicht funktioniert, kopieren Sie diese Adresse in Ihren Browser:
sent-to = Diese E-Mail ging von { $instance } an { $address }. Wir fragen nie per E-Mail nach Ihrem Passwort.
own-words = Das sind nicht unsere Worte; wir geben sie nur weiter.
asking-quote = { $asker } schreibt:
decider-quote = { $decider } schreibt:
answer-click = Die Seite bittet Sie vielleicht, sich anzumelden. Nichts geschieht, bevor Sie dort auf eine Schaltfläche drücken.
look-click = Die Seite bittet Sie vielleicht, sich anzumelden. Sie zu öffnen ändert nichts.
asked-why = { $kind ->
    [invite] Sie erhalten diese E-Mail, weil Sie dieses Angebot gemacht haben. Sie müssen nichts tun.
   *[ask] Sie erhalten diese E-Mail, weil Sie um diesen Zugriff gebeten haben. Sie müssen nichts tun.
}
asked-open-why = { $kind ->
    [invite] Sie erhalten diese E-Mail, weil Sie dieses Angebot gemacht haben. Wenn Sie nichts tun, bekommt niemand Zugriff.
    [renewal] Sie erhalten diese E-Mail, weil Sie diesen Zugriff behalten wollten. Wenn Sie nichts tun, endet er, sobald seine Zeit um ist.
   *[ask] Sie erhalten diese E-Mail, weil Sie um diesen Zugriff gebeten haben. Wenn Sie nichts tun, bekommt niemand Zugriff.
}

decide-name = Bitte um Entscheidung
decide-purpose = An die Person, die entscheidet: Jemand bittet um Zugriff.
decide-subject = { $kind ->
    [renewal] { $asker } möchte { access-to } { $things } behalten: Antwort bis { $answer_day }
   *[ask] { $asker } bittet um { access-to } { $things }: Antwort bis { $answer_day }
}
decide-preheader = Zugriff { $how_long }. Niemand bekommt etwas, solange Sie nicht zustimmen.
decide-heading = { $kind ->
    [renewal] { $asker } möchte den Zugriff behalten
   *[ask] { $asker } bittet um Zugriff
}
decide-lead = { $kind ->
    [renewal] { $asker } kann { $things } { do-with } und möchte diesen Zugriff behalten. Nur Sie können zustimmen.
   *[ask] { $asker } möchte { $things } { do-with }. Nur Sie können zustimmen.
}
decide-button = Ansehen und entscheiden
decide-click = Die Seite bittet Sie vielleicht, sich anzumelden. Nichts geschieht, bevor Sie dort auf eine Schaltfläche drücken: zustimmen, weniger geben oder ablehnen.
decide-undo = Wenn Sie zustimmen, können Sie den Zugriff jederzeit wieder entziehen.
decide-why = { $kind ->
    [renewal] Sie erhalten diese E-Mail, weil { $asker } Zugriff auf etwas von Ihnen hat und ihn behalten möchte. Wenn Sie nichts tun, endet der Zugriff, sobald seine Zeit um ist. Der Link ist nur für Sie; bitte leiten Sie diese E-Mail nicht weiter.
   *[ask] Sie erhalten diese E-Mail, weil { $asker } um Zugriff auf etwas von Ihnen gebeten hat. Wenn Sie nichts tun, bekommt niemand Zugriff, und die Anfrage endet von selbst. Der Link ist nur für Sie; bitte leiten Sie diese E-Mail nicht weiter.
}

invite-name = Angebot
invite-purpose = An die Person, die entscheidet: Jemand bietet Zugriff an.
invite-subject = { $asker } bietet Ihnen { access-to } { $things } an: Antwort bis { $answer_day }
invite-preheader = Zugriff { $how_long }. Nichts ändert sich, solange Sie nicht annehmen.
invite-heading = { $asker } bietet Ihnen Zugriff an
invite-lead = { $asker } bietet Ihnen an: Sie könnten { $things } { do-with }. Sie entscheiden.
invite-button = Ansehen und antworten
invite-why = Sie erhalten diese E-Mail, weil { $asker } Ihnen Zugriff angeboten hat. Wenn Sie nichts tun, bekommt niemand Zugriff, und das Angebot endet von selbst. Der Link ist nur für Sie; bitte leiten Sie diese E-Mail nicht weiter.

reminder-name = Erinnerung
reminder-purpose = An die Person, die entscheidet: Es wartet noch.
reminder-subject = { $kind ->
    [invite] Erinnerung: { $asker } bietet Ihnen { access-to } { $things } an, bis { $answer_day }
    [renewal] Erinnerung: { $asker } möchte { access-to } { $things } behalten, bis { $answer_day }
   *[ask] Erinnerung: { $asker } bittet um { access-to } { $things }, bis { $answer_day }
}
reminder-preheader = Es wartet noch auf Ihre Antwort, bis { $answer_day }.
reminder-heading = { $asker } wartet noch auf Ihre Antwort
reminder-lead = { $kind ->
    [invite] { $asker } bietet Ihnen an: Sie könnten { $things } { do-with }. Sie haben noch nicht geantwortet.
    [renewal] { $asker } kann { $things } { do-with } und möchte diesen Zugriff behalten. Sie haben noch nicht geantwortet.
   *[ask] { $asker } möchte { $things } { do-with }. Sie haben noch nicht geantwortet.
}
reminder-button = Ansehen und antworten
reminder-why = Sie erhalten diese E-Mail, weil wir Ihnen deswegen schon geschrieben haben und noch niemand geantwortet hat. Wenn Sie nichts tun, endet es von selbst, und niemand bekommt etwas. Der Link ist nur für Sie; bitte leiten Sie diese E-Mail nicht weiter.

fresh-link-name = Neuer Link
fresh-link-purpose = An die Person, die entscheidet: der neue Link, um den sie gebeten hat.
fresh-link-subject = Ihr neuer Link: { $kind ->
    [invite] { $asker } bietet Ihnen { access-to } { $things } an
    [renewal] { $asker } möchte { access-to } { $things } behalten
   *[ask] { $asker } bittet um { access-to } { $things }
}
fresh-link-preheader = Er führt zu derselben Anfrage wie der vorige.
fresh-link-heading = Hier ist Ihr neuer Link
fresh-link-lead = { $kind ->
    [invite] { $asker } bietet Ihnen an: Sie könnten { $things } { do-with }. Mit diesem Link können Sie antworten.
    [renewal] { $asker } kann { $things } { do-with } und möchte diesen Zugriff behalten. Mit diesem Link können Sie antworten.
   *[ask] { $asker } möchte { $things } { do-with }. Mit diesem Link können Sie antworten.
}
fresh-link-button = Ansehen und antworten
fresh-link-why = Sie erhalten diese E-Mail, weil jemand, vermutlich Sie selbst, uns um einen neuen Link gebeten hat. Falls Sie das nicht waren, ignorieren Sie diese E-Mail: Nichts geschieht, solange Sie nicht antworten. Der Link ist nur für Sie; bitte leiten Sie diese E-Mail nicht weiter.

receipt-name = Unterwegs
receipt-purpose = An die Person, die gefragt hat: Die Bitte ist unterwegs.
receipt-subject = { $kind ->
    [invite] Unterwegs: Sie bieten { $decider } { access-to } { $things } an
    [renewal] Unterwegs: Ihre Bitte an { $decider }, { access-to } { $things } zu behalten
   *[ask] Unterwegs: Ihre Bitte an { $decider } um { access-to } { $things }
}
receipt-preheader = Sie hören von uns, sobald es eine Antwort gibt.
receipt-heading = { $kind ->
    [invite] Ihr Angebot ist unterwegs
   *[ask] Ihre Anfrage ist unterwegs
}
receipt-lead = { $kind ->
    [invite] Wir richten { $decider } Ihr Angebot aus: { $things } { do-with }.
    [renewal] Wir fragen { $decider }, ob Sie Ihren Zugriff behalten dürfen: { $things } { do-with }.
   *[ask] Wir fragen { $decider }, ob Sie { $things } { do-with } dürfen.
}
receipt-note = { $kind ->
    [renewal] Sie hören von uns, sobald es eine Antwort gibt. Bis dahin endet Ihr Zugriff, sobald seine Zeit um ist.
   *[ask] Sie hören von uns, sobald es eine Antwort gibt. Bis dahin wird nichts freigegeben.
}
receipt-button = { $kind ->
    [invite] Ihr Angebot ansehen
   *[ask] Ihre Anfrage ansehen
}
receipt-click = Die Seite bittet Sie vielleicht, sich anzumelden. Solange es keine Antwort gibt, können Sie Ihre Anfrage dort auch zurückziehen.
receipt-why = { $kind ->
    [invite] Sie erhalten diese E-Mail, weil dieses Angebot in Ihrem Namen gemacht wurde. Sie müssen nichts tun.
   *[ask] Sie erhalten diese E-Mail, weil in Ihrem Namen darum gebeten wurde. Sie müssen nichts tun.
}

approved-name = Ja
approved-purpose = An die Person, die gefragt hat: ja.
approved-subject = { $kind ->
    [invite] { $decider } hat angenommen: { access-to } { $things }
    [renewal] { $decider } hat zugestimmt: Sie behalten { access-to } { $things }
   *[ask] { $decider } hat zugestimmt: Sie haben { access-to } { $things }
}
approved-preheader = Zugriff { $how_long }.
approved-heading = { $kind ->
    [invite] Ihr Angebot wurde angenommen
    [renewal] Sie behalten Ihren Zugriff
   *[ask] Sie haben jetzt Zugriff
}
approved-lead = { $kind ->
    [invite] { $decider } hat Ihr Angebot angenommen und kann jetzt { $things } { do-with }.
    [renewal] { $decider } hat zugestimmt: Sie können weiterhin { $things } { do-with }.
   *[ask] { $decider } hat zugestimmt: Sie können jetzt { $things } { do-with }.
}
approved-button = { $kind ->
    [invite] Ansehen, was Sie gegeben haben
   *[ask] Ihren Zugriff ansehen
}

approved-less-name = Ja, für weniger
approved-less-purpose = An die Person, die gefragt hat: ja, aber für weniger.
approved-less-subject = { $kind ->
    [invite] { $decider } hat weniger angenommen: { access-to } { $things }
   *[ask] { $decider } gibt Ihnen weniger: Sie haben { access-to } { $things }
}
approved-less-preheader = Zugriff { $how_long }: weniger als gefragt war.
approved-less-heading = { $kind ->
    [invite] Ihr Angebot wurde zum Teil angenommen
   *[ask] Sie haben einen Teil dessen, worum Sie baten
}
approved-less-lead = { $kind ->
    [invite] { $decider } hat weniger angenommen, als Sie angeboten haben, und kann jetzt { $things } { do-with }.
   *[ask] { $decider } gibt Ihnen weniger, als Sie wollten: Sie können jetzt { $things } { do-with }.
}

declined-name = Nein
declined-purpose = An die Person, die gefragt hat: nein.
declined-subject = { $kind ->
    [invite] { $decider } hat Ihr Angebot abgelehnt: { access-to } { $things }
    [renewal] { $decider } hat abgelehnt: Sie behalten nicht { access-to } { $things }
   *[ask] { $decider } hat abgelehnt: { access-to } { $things }
}
declined-preheader = { $kind ->
    [renewal] Ihr Zugriff endet, sobald seine Zeit um ist.
   *[ask] Es wurde nichts freigegeben.
}
declined-heading = { $kind ->
    [invite] { $decider } hat abgelehnt
   *[ask] { $decider } hat abgelehnt
}
declined-lead = { $kind ->
    [invite] { $decider } möchte { $things } nicht { do-with }. Es wurde nichts freigegeben.
    [renewal] Sie wollten Ihren Zugriff behalten, nämlich { $things } { do-with }, und { $decider } hat abgelehnt. Er endet, sobald seine Zeit um ist.
   *[ask] Sie wollten { $things } { do-with }, und { $decider } hat abgelehnt. Es wurde nichts freigegeben.
}
declined-again = { $kind ->
    [invite] Sie können es ab { $again } wieder anbieten.
   *[ask] Sie können ab { $again } wieder fragen.
}

withdrawn-name = Keine Antwort nötig
withdrawn-purpose = An die Person, die entscheiden sollte: Es braucht keine Antwort mehr.
withdrawn-subject = { $kind ->
    [invite] Keine Antwort nötig: { $asker } bietet { $things } nicht mehr an
    [cancelled] Keine Antwort nötig: { $asker } kann { $things } nicht mehr erhalten
   *[ask] Keine Antwort nötig: { $asker } bittet nicht mehr um { $things }
}
withdrawn-preheader = Für Sie ist nichts mehr zu tun.
withdrawn-heading = Keine Antwort nötig
withdrawn-lead = { $kind ->
    [invite] { $asker } hat das Angebot zurückgezogen: { $things } { do-with }.
    [cancelled] Was wir Ihnen über { $asker } und { $things } geschrieben haben, ist erledigt: Darüber kann nicht mehr entschieden werden.
    [renewal] { $asker } bittet nicht mehr darum, den Zugriff zu behalten: { $things } { do-with }.
   *[ask] { $asker } möchte { $things } nicht mehr { do-with }.
}
withdrawn-note = Der Link in unserer früheren E-Mail gibt keinen Zugriff mehr. Er zeigt jetzt, dass die Sache erledigt ist.
withdrawn-why = { $kind ->
    [invite] Sie erhalten diese E-Mail, weil wir Ihnen über dieses Angebot geschrieben haben. Wenn Sie nichts tun, bekommt niemand Zugriff.
   *[ask] Sie erhalten diese E-Mail, weil wir Ihnen über diese Anfrage geschrieben haben. Wenn Sie nichts tun, bekommt niemand Zugriff.
}

expired-name = Niemand antwortete
expired-purpose = An die Person, die gefragt hat: Niemand hat rechtzeitig geantwortet.
expired-subject = { $kind ->
    [invite] Keine Antwort von { $decider }: Ihr Angebot über { $things } ist zu Ende
   *[ask] Keine Antwort von { $decider }: Ihre Anfrage über { $things } ist zu Ende
}
expired-preheader = { $kind ->
    [renewal] Ihr Zugriff endet, sobald seine Zeit um ist.
   *[ask] Es wurde nichts freigegeben.
}
expired-heading = Keine Antwort in der gesetzten Zeit
expired-lead = { $kind ->
    [invite] Sie haben { $decider } angeboten: { $things } { do-with }. Bis { $answer_by } kam keine Antwort, und das Angebot ist zu Ende. Es wurde nichts freigegeben.
    [renewal] Sie haben { $decider } gefragt, ob Sie Ihren Zugriff behalten dürfen: { $things } { do-with }. Bis { $answer_by } kam keine Antwort, und die Anfrage ist zu Ende.
   *[ask] Sie haben { $decider } gefragt, ob Sie { $things } { do-with } dürfen. Bis { $answer_by } kam keine Antwort, und die Anfrage ist zu Ende. Es wurde nichts freigegeben.
}
expired-note = { $kind ->
    [invite] Wenn es noch wichtig ist, können Sie das Angebot erneut machen.
   *[ask] Wenn Sie es noch brauchen, können Sie erneut fragen.
}
expired-button = { $kind ->
    [invite] Ihre Angebote ansehen
   *[ask] Ihre Anfragen ansehen
}

cancelled-name = Aufgehoben
cancelled-purpose = An die Person, die gefragt hat: Es kann nicht mehr entschieden werden.
cancelled-subject = { $kind ->
    [invite] Aufgehoben: Ihr Angebot an { $decider } über { $things }
   *[ask] Aufgehoben: Ihre Anfrage an { $decider } über { $things }
}
cancelled-preheader = Darüber kann nicht mehr entschieden werden.
cancelled-heading = { $kind ->
    [invite] Ihr Angebot wurde aufgehoben
   *[ask] Ihre Anfrage wurde aufgehoben
}
cancelled-lead = { $kind ->
    [invite] Sie haben { $decider } angeboten: { $things } { do-with }. { cancelled-reason }
    [renewal] Sie haben { $decider } gefragt, ob Sie Ihren Zugriff behalten dürfen: { $things } { do-with }. { cancelled-reason }
   *[ask] Sie haben { $decider } gefragt, ob Sie { $things } { do-with } dürfen. { cancelled-reason }
}
cancelled-reason = { $why ->
    [thing_gone] Das gibt es nicht mehr, also kann niemand darüber entscheiden.
    [decider_gone] Diese Person ist nicht mehr hier, also kann niemand darüber entscheiden.
    [app_gone] Die App, die gefragt hat, darf das nicht mehr; darum wurde es aufgehoben.
    [own] Es gehört jetzt Ihnen; Sie brauchen niemandes Erlaubnis.
    [not_yours] Es gehört Ihnen nicht mehr, darum können Sie es nicht mehr anbieten.
   *[removed] Es wurde von der Verwaltung aufgehoben.
}

another-decides-name = Jemand anderes entscheidet
another-decides-purpose = An die Person, die bisher entschied: Jemand anders tut es jetzt.
another-decides-subject = Keine Antwort nötig: Über { $things } entscheidet jetzt jemand anders
another-decides-preheader = Für Sie ist nichts mehr zu tun.
another-decides-heading = Jetzt entscheidet jemand anders
another-decides-lead = { $kind ->
    [renewal] { $asker } möchte den Zugriff behalten: { $things } { do-with }. Das gehört jetzt jemand anderem, und diese Person entscheidet von nun an.
   *[ask] { $asker } möchte { $things } { do-with }. Das gehört jetzt jemand anderem, und diese Person entscheidet von nun an.
}
another-decides-note = Der Link in unserer früheren E-Mail entscheidet nichts mehr. Er zeigt jetzt, dass jemand anders gefragt ist.
another-decides-why = Sie erhalten diese E-Mail, weil wir Ihnen über diese Anfrage geschrieben haben. Sie müssen nichts tun.

sign-in-code-name = Anmeldecode
sign-in-code-purpose = An die Person, die sich anmeldet: ein Code.
sign-in-code-subject = Ihr Anmeldecode für { $instance }
sign-in-code-preheader = Er gilt einmal, für { $length }.
sign-in-code-heading = Ihr Anmeldecode
sign-in-code-lead = Geben Sie diesen Code auf der Seite ein, auf der Sie ihn angefordert haben:
sign-in-code-note = Er gilt einmal, für { $length }. Verraten Sie ihn niemandem, auch uns nicht.
sign-in-code-why = Sie erhalten diese E-Mail, weil sich jemand, vermutlich Sie selbst, mit Ihrer Adresse anmeldet. Falls Sie das nicht waren, ignorieren Sie diese E-Mail: Ohne den Code kommt niemand hinein.

sign-in-warning-name = Warnung vor Anmeldeversuchen
sign-in-warning-purpose = An die Person, deren Passwort andere zu erraten versuchen, nach hundert falschen in Folge.
sign-in-warning-subject = Jemand versucht, Ihr Passwort für { $instance } zu erraten
sign-in-warning-preheader = Ihr Konto ist nicht gesperrt, und es hat sich niemand auf diesem Weg angemeldet.
sign-in-warning-heading = Falsche Passwörter für Ihr Konto
sign-in-warning-lead = Für Ihr Konto wurden mindestens hundert Passwörter oder Anmeldecodes nacheinander ausprobiert. Keine Eingabe war richtig. Ihr Konto ist nicht gesperrt, und Sie können sich wie gewohnt anmelden.
sign-in-warning-button = Ihre Anmeldungen ansehen
sign-in-warning-note = Aus einem Netz, das Sie in letzter Zeit nicht benutzt haben, kann die Anmeldung mit Passwort bis zu fünf Sekunden länger dauern, solange das anhält. Wenn Sie dasselbe Passwort auch anderswo verwenden oder es leicht zu erraten ist, lassen Sie sich von der Verwaltung ein neues geben.
sign-in-warning-why = Sie erhalten diese E-Mail, weil sie die Sicherheit Ihres Kontos betrifft. Sie müssen nichts tun. Solange die Versuche anhalten, erhalten Sie sie höchstens einmal pro Woche.

undeliverable-name = Brief kam nicht an
undeliverable-purpose = An die Person, die gefragt hat: Die E-Mail kam nicht an.
undeliverable-subject = Nicht zugestellt: unsere E-Mail an { $decider } über { $things }
undeliverable-preheader = { $kind ->
    [invite] Ihr Angebot wurde noch nicht gesehen.
   *[ask] Ihre Anfrage wurde noch nicht gesehen.
}
undeliverable-heading = Unsere E-Mail kam nicht an
undeliverable-lead = { $kind ->
    [invite] Sie haben { $decider } angeboten: { $things } { do-with }. Unsere E-Mail darüber konnte nicht zugestellt werden; das Angebot ist dort nicht bekannt.
    [renewal] Sie haben { $decider } gefragt, ob Sie Ihren Zugriff behalten dürfen: { $things } { do-with }. Unsere E-Mail darüber konnte nicht zugestellt werden; die Anfrage ist dort nicht bekannt.
   *[ask] Sie haben { $decider } gefragt, ob Sie { $things } { do-with } dürfen. Unsere E-Mail darüber konnte nicht zugestellt werden; die Anfrage ist dort nicht bekannt.
}
undeliverable-happened = { $why ->
    [no_mailbox] der Mailserver sagt, dass es diese Adresse nicht gibt
    [refused] der Mailserver hat die E-Mail abgelehnt
   *[no_answer] der Mailserver hat die E-Mail trotz vieler Versuche nicht angenommen
}
undeliverable-next = { $why ->
    [no_mailbox] Bitte prüfen Sie die Adresse mit dieser Person, auf anderem Weg als per E-Mail. Versuchen Sie es dann erneut.
    [refused] Bitte sagen Sie es dieser Person auf anderem Weg, damit sie dort nachfragen kann, wo ihre E-Mail betreut wird. Versuchen Sie es dann erneut.
   *[no_answer] Bitte sagen Sie es dieser Person auf anderem Weg, oder versuchen Sie es später erneut.
}

shared-name = Etwas wurde geteilt
shared-purpose = An die Person, die etwas bekommt: Jemand hat es mit ihr geteilt.
shared-subject = { $from } hat Ihnen { access-to } { $things } gegeben
shared-preheader = Zugriff { $how_long }. Sie müssen nichts tun.
shared-heading = Etwas wurde mit Ihnen geteilt
shared-lead = { $from } gibt Ihnen Zugriff: Sie können { $things } { do-with }.
shared-button = Ihren Zugriff ansehen
shared-why = Sie erhalten diese E-Mail, weil { $from } Ihnen diesen Zugriff gegeben hat. Sie müssen nichts tun.

ends-soon-name = Zugriff endet bald
ends-soon-purpose = An die Person, die Zugriff hat: Er endet bald.
ends-soon-subject = Ihr Zugriff auf { $things } endet am { $end_day }
ends-soon-preheader = { $renewal ->
    [offered] Wenn Sie ihn noch brauchen, bitten Sie { $from }, ihn zu verlängern.
    [asked] Sie haben darum gebeten, den Zugriff zu behalten. Noch gibt es keine Antwort.
   *[none] Wenn Sie ihn noch brauchen, fragen Sie rechtzeitig { $from }.
}
ends-soon-heading = Ihr Zugriff endet bald
ends-soon-lead = Sie können { $things } noch { do-with }, bis { $ends }.
ends-soon-note = { $renewal ->
    [offered] Wenn Sie den Zugriff noch brauchen, können Sie darum bitten, ihn zu behalten. Wir fragen dann für Sie die Person, die darüber entscheidet, und zwar für so lange wie bisher.
    [asked] Sie haben darum gebeten, den Zugriff zu behalten, und noch gibt es keine Antwort. Wir schreiben Ihnen, sobald es eine gibt.
   *[none] Wenn Sie ihn noch brauchen, bitten Sie { $from }, ihn zu verlängern.
}
ends-soon-button = { $renewal ->
    [offered] Um Verlängerung bitten
   *[none] Ihren Zugriff ansehen
}
ends-soon-why = Sie erhalten diese E-Mail, weil Sie diesen Zugriff haben. Wenn Sie nichts tun, endet er von selbst.

renew-click = { $renewal ->
    [offered] Die Seite bittet Sie vielleicht, sich anzumelden. Wir fragen niemanden, bevor Sie dort auf die Schaltfläche drücken.
   *[none] Die Seite bittet Sie vielleicht, sich anzumelden. Sie zu öffnen ändert nichts.
}

ended-name = Zugriff ist beendet
ended-purpose = An die Person, die Zugriff hatte: Seine Zeit ist um.
ended-subject = Ihr Zugriff auf { $things } ist zu Ende
ended-preheader = { $renewal ->
    [offered] Sie können noch darum bitten, ihn zu behalten, bis { $ask_until }.
    [asked] Sie haben darum gebeten, den Zugriff zu behalten. Noch gibt es keine Antwort.
   *[none] Seine Zeit ist um.
}
ended-heading = Ihr Zugriff ist zu Ende
ended-lead = Die Zeit ist um, in der Sie { $things } { do-with } konnten.
ended-note = { $renewal ->
    [offered] Sie können noch darum bitten, den Zugriff zu behalten, bis { $ask_until }. Nach einem Ja ist alles, wie es war.
    [asked] Sie haben darum gebeten, den Zugriff zu behalten, und noch gibt es keine Antwort. Nach einem Ja ist alles, wie es war.
   *[none] Wenn Sie ihn noch brauchen, bitten Sie { $from }, ihn Ihnen wieder zu geben.
}
ended-button = { $renewal ->
    [offered] Um Verlängerung bitten
   *[none] Ihren Eingang ansehen
}
ended-why = Sie erhalten diese E-Mail, weil Sie diesen Zugriff hatten. Wenn Sie nichts tun, bleibt er beendet.

revoked-name = Zugriff wurde entzogen
revoked-purpose = An die Person, die Zugriff hatte: Er wurde zurückgenommen.
revoked-subject = { $by ->
    [giver] { $from } hat Ihnen den Zugriff auf { $things } entzogen
   *[other] Ihr Zugriff auf { $things } wurde Ihnen entzogen
}
revoked-preheader = Er ist sofort zu Ende.
revoked-heading = Ihr Zugriff wurde Ihnen entzogen
revoked-lead = { $by ->
    [giver] { $from } hat Ihnen den Zugriff entzogen: Sie können { $things } nicht mehr { do-with }.
   *[other] Der Zugriff wurde Ihnen entzogen: Sie können { $things } nicht mehr { do-with }.
}
revoked-note = Wenn Sie das für einen Irrtum halten, fragen Sie { $from }.
revoked-why = Sie erhalten diese E-Mail, weil Sie diesen Zugriff hatten. Sie müssen nichts tun.

summary-name = Tagesübersicht
summary-purpose = An Administratoren: was auf jemanden wartet.
summary-subject = { $instance } am { $day }: was auf jemanden wartet
summary-preheader = Die Anfragen und Zugriffe, um die sich heute jemand kümmern sollte.
summary-heading = Was auf jemanden wartet
summary-lead = Das sind die Zahlen vom { $day }. An Tagen, an denen nichts wartet, kommt keine E-Mail.
summary-button = Ansehen
summary-why = Sie erhalten diese E-Mail, weil Sie hier zur Verwaltung gehören. Sie müssen nichts tun, was nicht warten könnte.
