"""Numbers, days and times in the language of the request: what pages and templates say them with."""

from services.gateway.pages.speech import english, swedish
from services.gateway.pages.speech.language import either

FEW = swedish.FEW

number = either(swedish.number, english.number)
mean = either(swedish.mean, english.mean)
count = either(swedish.count, english.count)
spoken_count = either(swedish.spoken_count, english.spoken_count)
reports = either(swedish.reports, english.reports)
day = either(swedish.day, english.day)
day_of_year = either(swedish.day_of_year, english.day_of_year)
weekday = either(swedish.weekday, english.weekday)
weekday_name = either(swedish.weekday_name, english.weekday_name)
short_weekday = either(swedish.short_weekday, english.short_weekday)
span = either(swedish.span, english.span)
weeks = either(swedish.weeks, english.weeks)
clock = either(swedish.clock, english.clock)
at_clock = either(swedish.at_clock, english.at_clock)
moment = either(swedish.moment, english.moment)
time_span = either(swedish.time_span, english.time_span)
position = either(swedish.position, english.position)
away = either(swedish.away, english.away)
sentence = swedish.sentence
