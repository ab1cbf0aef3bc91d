"""The fuzz run's figures come from what libFuzzer says."""

from installer.fuzz import Figures

SAID = """\
#1123	INITED cov: 768 ft: 2650 corp: 187/1071Kb exec/s: 187 rss: 106Mb
#2000	REDUCE cov: 770 ft: 2660 corp: 188/1070Kb lim: 200000 exec/s: 300 rss: 109Mb L: 12/93 MS: 1
stat::number_of_executed_units: 2100
stat::slowest_unit_time_sec:    3
stat::peak_rss_mb:              109
artifact_prefix='/x/'; Test unit written to /x/crash-ab12
#7	INITED cov: 700 ft: 2000 corp: 190/1071Kb exec/s: 187 rss: 106Mb
stat::number_of_executed_units: 1000
stat::peak_rss_mb:              90
"""


def test_the_figures_of_several_starts_add_up() -> None:
    figures = Figures(seconds=120)
    for line in SAID.splitlines():
        figures.take(line)
    assert figures.text() == (
        "2 minutes, 3,100 inputs, 770 edges, 2660 features, 190 in the corpus, slowest 3 s, "
        "109 MB, crashes: 1"
    )
    assert figures.crashes == ["/x/crash-ab12"]
