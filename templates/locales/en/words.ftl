# The words that emails and pages share: levels, dates, lists, labels.

direction = ltr

# A level within a sentence or a list.
level = { $level ->
    [view] view
    [edit] view and change
   *[contribute] view, change, add and delete
}

# "… wants to view “Sleep data”": a verb with an object. `mixed`: several items, not all at one level.
do-with = { $level ->
    [view] view
    [edit] view and change
    [contribute] change, add to and delete
   *[mixed] access
}

# "View “Sleep data”": a level with its object, by itself.
access-to = { $level ->
    [view] View { $things }
    [edit] View and change { $things }
   *[contribute] View, change, add to and delete { $things }
}

# What access is to. A relationship ("coach") is not an item of its own but a share in somebody's data.
thing-data = { $name }
thing-yours = your data as { $name }
thing-theirs = { $owner }’s data as { $name }
thing-named = “{ $name }”
things-more = { $first } and { $more } more
thing-at-level = { $thing }: { level }
thing-with-resources = { $thing } ({ $resources })
resources-more = { $first } and { $more } more

month = { $month ->
    [1] January
    [2] February
    [3] March
    [4] April
    [5] May
    [6] June
    [7] July
    [8] August
    [9] September
    [10] October
    [11] November
   *[12] December
}
weekday = { $weekday ->
    [1] Monday
    [2] Tuesday
    [3] Wednesday
    [4] Thursday
    [5] Friday
    [6] Saturday
   *[7] Sunday
}
day = { $day } { month }
day-and-year = { $day } { month } { $year }
moment = { weekday } { day }, { $hour }:{ $minute }
moment-and-year = { weekday } { day-and-year }, { $hour }:{ $minute }
zone-note = All times are in the { $zone } time zone.

days = { $number ->
    [one] { $number } day
   *[other] { $number } days
}
hours = { $number ->
    [one] { $number } hour
   *[other] { $number } hours
}
minutes = { $number ->
    [one] { $number } minute
   *[other] { $number } minutes
}
seconds = { $number ->
    [one] { $number } second
   *[other] { $number } seconds
}

list-more = { $before }, { $after }
list-last = { $before } and { $after }

# $giver: who can stop sharing: the reader (`you`), somebody else (`they`, or `named` as $name), or left open (`none`).
how-long-open = { $giver ->
    [you] until you stop sharing
    [they] until they stop sharing
    [named] until { $name } stops sharing
   *[none] no end date
}
how-long-moment = until { $moment }
how-long-length = for { $length }
how-long-from-yes = { $giver ->
    [you] for { $length } from when you approve
    [they] for { $length } from when you accept
   *[none] for { $length } from approval
}
# Behind a label, in plain text.
colon = :
asked-instead = { $given } (rather than { $asked })

person-with-address = { $name } ({ $address })

fact-who-asks = Requested by
fact-who-offers = Offered by
fact-who-shares = Shared by
fact-group = Shared with group
fact-filed-by = Sent by
fact-through = App
fact-whose = Owner
fact-what = Data
fact-includes = Parts
fact-access = Permissions
fact-how-long = How long
fact-answer-by = Reply by
fact-waits-until = Expires
fact-has-it = Current access ends
fact-from = Shared by
fact-ends = Ends
fact-ended = Ended
fact-taken-back = Stopped
fact-browser = Browser
fact-remembered = Remembered since
fact-changed = Changed
language-name = English
fact-noticed = Noticed
fact-pending = Open requests
fact-stale = Open requests that expire within a day
fact-undeliverable = Open requests with an undelivered email
fact-ending = Access that ends within a week
more-than = more than { $number }
fact-approved-by = Approved by
fact-given = Approved
fact-asked = Requested
fact-mailed-to = Sent to
fact-what-happened = Problem
instance-help = Help
instance-privacy = Privacy
instance-imprint = Legal notice
instance-powered = Powered by Countersign
