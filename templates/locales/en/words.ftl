# The words that all letters share: levels, dates, lists, labels.

direction = ltr

level = { $level ->
    [view] view
    [edit] view and change
   *[contribute] view, change, add and delete
}

# "… asks for view access to Sleep data". `mixed`: several things, not all at one level.
access-to = { $level ->
    [view] view access to
    [edit] view and change access to
    [contribute] view, change, add and delete access to
   *[mixed] access to
}

# "… would like to view Sleep data"
do-with = { $level ->
    [view] view
    [edit] view and change
    [contribute] view, change, add and delete
   *[mixed] access
}

# What a level means. The strongest right comes first.
level-explained = { $level ->
    [view] look at it, not change it
    [edit] change it and look at it
   *[contribute] delete from it, add to it, change it and look at it
}

access-explained = { level } ({ level-explained })

# What access is to. A relationship ("coach") is not a thing of its own but a share in somebody's data.
thing-data = { $name }
thing-yours = your data as { $name }
thing-theirs = { $owner }’s data as { $name }
thing-named = “{ $name }”
things-more = { $first } and { $more } more
thing-at-level = { $thing }: { level }
thing-with-resources = { $thing } ({ $resources })
resources-more = and { $more } more

month = { $month ->
    [1] Jan
    [2] Feb
    [3] Mar
    [4] Apr
    [5] May
    [6] June
    [7] July
    [8] Aug
    [9] Sept
    [10] Oct
    [11] Nov
   *[12] Dec
}
day = { $day } { month } { $year }
moment = { day }, { $hour }:{ $minute } ({ $zone })

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

how-long-open = no end date
how-long-moment = until { $moment }
how-long-length = for { $length }
how-long-from-yes = for { $length }, counted from your yes
# Behind a label, in plain text.
colon = :
asked-instead = { $given }, instead of { $asked }

person-with-address = { $name } ({ $address })

fact-who-asks = Who asks
fact-who-offers = Who offers
fact-who-shares = Who shares
fact-group = With the group
fact-filed-by = Filed by
fact-through = Through
fact-whose = Whose it is
fact-what = What
fact-includes = Includes
fact-access = Access
fact-how-long = How long
fact-answer-by = Answer by
fact-waits-until = Waits until
fact-has-it = Has it until
fact-from = From
fact-ends = Ends
fact-ended = Ended
fact-taken-back = Taken back
fact-noticed = Noticed
fact-pending = Requests without an answer
fact-stale = … that end within a day
fact-undeliverable = … whose letter did not arrive
fact-ending = Access that ends within a week
more-than = more than { $number }
fact-given = Given
fact-asked = Asked for
fact-mailed-to = Mailed to
fact-what-happened = What happened
instance-help = Help
instance-privacy = Privacy
instance-imprint = Legal notice
instance-powered = Powered by Countersign
