# Every letter, for administrators to look at. No HTML here.

preview-what = Every kind of letter as people get it, with made-up people in it. Nothing here is sent, and no link in it leads anywhere.
preview-language = Language
preview-kinds = Kinds of letters
preview-all = All letters
preview-width = Width
preview-sample = Example
preview-html = As most people see it
preview-text = As plain text

preview-decide = To who decides: somebody asks for access.
preview-invite = To who decides: somebody offers access.
preview-reminder = To who decides: it still waits.
preview-fresh-link = To who decides: the fresh link that they asked for.
preview-receipt = To who asked: it is on its way.
preview-approved = To who asked: yes.
preview-approved-less = To who asked: yes, but for less.
preview-declined = To who asked: no.
preview-withdrawn = To who was to decide: no answer is needed any more.
preview-expired = To who asked: nobody answered in time.
preview-cancelled = To who asked: it can no longer be decided.
preview-another-decides = To who decided until now: somebody else does.
preview-sign-in-code = To who signs in: a code.
preview-sign-in-warning = To somebody whose password others guess at, after a hundred wrong ones in a row.
preview-undeliverable = To who asked: the letter could not be delivered.
preview-shared = To who is given something: somebody shared it with them.
preview-ends-soon = To who has access: it ends soon.
preview-ended = To who had access: its time is over.
preview-revoked = To who had access: it was taken back.
preview-summary = To administrators: what waits for somebody.
