"""Operators as functions, one for each. Made from their declarations by generate.py; `make docs` writes it again."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Literal

import pyarrow as pa

from .table import ArrowData, apply

__all__ = [
    "backtest", "change_points", "classify", "clean_outliers", "decompose", "fit_classifier", "fit_purchases",
    "fit_segments", "fit_uplift", "forecast", "forecast_paths", "lot_sizes", "order", "order_policy", "peaks",
    "purchases", "recommend", "replay_orders", "safety_stock", "segment", "service_levels", "similar_items",
    "stock_outlook", "trend", "update", "uplift", "uplift_curve",
]


def backtest(
    data: ArrowData,
    *,
    group: str | Sequence[str] = (),
    order: str | None = None,
    value: str | None = None,
    ahead: str | None = None,
    event: str | None = None,
    seasonal_index: str | None = None,
    horizon: int = 28,
    quantile: Sequence[float] = (0.05, 0.25, 0.5, 0.75, 0.95),
    of: Literal["step", "sum"] = "step",
    intervals: Literal["model", "conformal"] = "model",
    paths: int = 2000,
    seed: int = 1,
    season: int = 0,
    seasons: Sequence[float] = (),
    absent: Literal["missing", "zero", "closed"] = "missing",
    period: Literal["auto", "hour", "day", "week", "month", "quarter", "year"] = "auto",
    models: Sequence[Literal["snaive", "naive", "drift", "mean", "window_average", "seasonal_window_average", "ets", "ses", "holt", "holt_damped", "holt_winters", "holt_winters_multiplicative", "seasonal_es", "log_theta", "theta", "otm", "dstm", "dotm", "ces", "arima", "mstl", "tbats", "dhr", "croston", "croston_optimized", "sba", "tsb", "adida", "imapa", "counts", "median", "auto"]] = (),
    by: Literal["all", "step"] = "all",
    form: str | int | date = "ZZZ",
    calendar: Literal["auto", "yes", "no"] = "auto",
    effort: Literal["usual", "fast"] = "usual",
    search: Literal["stepwise", "full"] = "stepwise",
    box_cox: str | int | date = "no",
    nonnegative: Literal["auto", "yes", "no"] = "auto",
    origins: int = 3,
    end: str | int | date = "",
    threads: int | None = None,
) -> pa.Table:
    """Tells how good each forecasting model was in each group's past.

    From several points of the past, each a horizon apart, every model forecasts what came after from what lay before,
    and nothing else; of regressors it knows what they were. Quantiles are those that a user would have got then. One
    row a group and model, or one a step ahead as well. With `of` sum what is measured is the sum over the whole trial,
    or by step the sum up to each, where all its values are known; scaled measures are then of a step of it. Mean
    absolute scaled error (mase): Hyndman and Koehler 2006; rmsse and spl as in the M5 competition (Makridakis and
    others 2022), msis as in the M4 (Gneiting and Raftery 2007).

    Parameters
    ----------
    data : ArrowData
        A table of pyarrow, polars, pandas or DuckDB, its rows in any order.
    group : str or sequence of str
        Columns that tell the series apart; none: all rows are one series.
    order : str, optional
        The column that sorts a series: a date, a time or a whole number; absent periods count as missing, unless
        `absent` says that they are zeros. Default: the one column of dates.
    value : str, optional
        The column of: what is forecast; null: not known (which is not zero). Default: the column of this name, else the
        first number.
    ahead : str, optional
        The column of: true: a period to come, of which only regressors and events are known; its value is not looked
        at. Default: the column of this name, or none.
    event : str, optional
        The column of: the name of what makes the period special, such as a holiday; null: nothing. Each name has an
        effect of its own, drawn to that of all events. Default: the column of this name, or none.
    seasonal_index : str, optional
        The column of: what the group is thought to be multiplied by in the period, such as the season of its category,
        1 as usual: a regressor whose effect is drawn to just that, and not to none. A season of a year is left to it.
        Null, or not above zero: not known. Default: the column of this name, or none.
    horizon : int, default 28
        How many periods each trial forecasts; less where the series is short. From 1 to 100000.
    quantile : Sequence[float], default (0.05, 0.25, 0.5, 0.75, 0.95)
        Probabilities, whose quantiles are judged too. From 0.0001 to 0.9999.
    of : {"step", "sum"}, default "step"
        Step: each period by itself; sum: all periods from the first one ahead up to it together, as an order over a
        lead time needs them, from simulated paths.
    intervals : {"model", "conformal"}, default "model"
        Model: quantiles of a step as the model's theory and errors say; conformal: by the errors that were made so many
        steps ahead at the points of the past, of which there should then be more (`origins`).
    paths : int, default 2000
        How many paths are simulated where sums are wanted. From 100 to 50000.
    seed : int, default 1
        Of the simulated paths: the same seed gives the same numbers. From 0 to 999999.
    season : int, default 0
        Length of the season in periods; 0: by the period (day 7, week 52, month 12, quarter 4, hour 24), and of whole
        numbers the shortest that the data show. From 0 to 10000.
    seasons : Sequence[float], default ()
        Lengths of several seasons, for mstl, tbats and dhr, such as [7, 365], at most 4; empty: those that the data
        show, of days 7 and 365, of hours 24 and 168, of whole numbers any; but `season` alone where that is given and
        none of these, or where auto is not at work. From 2 to 10000.
    absent : {"missing", "zero", "closed"}, default "missing"
        What a period without a row is, between the first and the last (or the end, where that is given): not known
        (missing), or nothing was sold (zero; closed: the same, because the shop was shut). A row whose value is null is
        always not known.
    period : {"auto", "hour", "day", "week", "month", "quarter", "year"}, default "auto"
        How far it is from one row to the next; auto: found in each group from its own dates, so that missing ones are
        seen.
    models : Sequence[Literal["snaive", "naive", "drift", "mean", "window_average", "seasonal_window_average", "ets", "ses", "holt", "holt_damped", "holt_winters", "holt_winters_multiplicative", "seasonal_es", "log_theta", "theta", "otm", "dstm", "dotm", "ces", "arima", "mstl", "tbats", "dhr", "croston", "croston_optimized", "sba", "tsb", "adida", "imapa", "counts", "median", "auto"]], default ()
        Models to try, such as [naive, ets, tsb]; empty: auto and what it combines.
    by : {"all", "step"}, default "all"
        One row a group and model, or one for each step ahead.
    form : str | int | date, default "ZZZ"
        Form of ets: error (A, M), trend (N, A, Ad, M, Md) and season (N, A, M), Z where it is to be chosen, as in AAdM
        or ZZN.
    calendar : {"auto", "yes", "no"}, default "auto"
        Yes: of days, over two months and more, the time of the month (pay days) is a regressor: three waves a month;
        auto: where the model auto is at work.
    effort : {"usual", "fast"}, default "usual"
        Fast: auto leaves out arima, which takes most of its time.
    search : {"stepwise", "full"}, default "stepwise"
        How arima looks for its orders: from neighbour to neighbour, or among all that have p + q + P + Q of at most 5,
        which takes some five times as long.
    box_cox : str | int | date, default "no"
        Lambda of a Box-Cox transformation that ets, arima and dhr are fitted after, 0 to 2, such as 0 for logarithms;
        auto: by Guerrero's method, 0 to 1; no: none. A series with values at or below zero is left as it is, and noted.
    nonnegative : {"auto", "yes", "no"}, default "auto"
        Whether what would be below zero is set to zero; auto: where the group's values never are below zero.
    origins : int, default 3
        Points in the past from which is forecast, a horizon apart. From 1 to 100.
    end : str | int | date, default ""
        As in forecast.
    threads : int, optional
        Worker threads; default: all cores. The result is the same for any number.

    Returns
    -------
    pyarrow.Table
        The group columns, then:

        - `model` (text): as the parameter names it: snaive, drift, log_theta, ets, dotm, ces, arima, mstl and auto, or
          those of `models`.
        - `step` (int, period): the step ahead that the row is of; null: all, where `by` is all.
        - `origins` (int): points in the past from which was forecast.
        - `count` (int): known values that forecasts were compared with.
        - `actual` (double): mean of the absolute values that forecasts were compared with; null where there are none.
        - `mae` (double): mean absolute error; null where nothing could be compared.
        - `rmse` (double): root of the mean squared error.
        - `mase` (double): mean absolute error over that of the seasonal naive method inside what was known; null where
          that is zero.
        - `rmsse` (double): root of: mean squared error over that of the naive method inside what was known; null where
          that is zero.
        - `smape` (double, share of 1): mean of twice the absolute error over the sizes of forecast and value, 0 to 2; 0
          where both are zero.
        - `wape` (double, share of 1): sum of absolute errors over the sum of absolute values; null where that is zero.
        - `bias` (double): mean of forecast minus actual.
        - `value_added` (double, share of 1): forecast value added: the share of the seasonal naive method's absolute
          error that the model saves; below zero: it is worse; null where that error is zero.
        - `coverage` (double, share of 1): share of values between the lowest and the highest quantile, which should be
          their distance; days on which it is always closed are not counted.
        - `ranges` (int): of how many values that is the share; null without quantiles.
        - `crps` (double): continuous ranked probability score, as far as the quantiles tell: twice their mean pinball
          loss.
        - `spl` (double): scaled pinball loss: the mean over the quantiles, over the naive method's mean absolute error
          inside what was known; null where that is zero.
        - `msis` (double): mean scaled interval score of the outermost quantiles: their distance, and 2/α of what values
          lay outside, scaled as mase is.
        - `pinball…` (double; one for each of quantile): mean pinball loss of this quantile.
        - `below…` (double, share of 1; one for each of quantile): share of values that were not above this quantile,
          which should be its probability.

    Examples
    --------
    >>> foresell.backtest(sales, group=["item"], order="day", value="units")  # doctest: +SKIP
    """
    return apply(
        "backtest",
        data,
        group=group,
        order=order,
        columns={"value": value, "ahead": ahead, "event": event, "seasonal_index": seasonal_index},
        params={
            "horizon": horizon,
            "quantile": quantile,
            "of": of,
            "intervals": intervals,
            "paths": paths,
            "seed": seed,
            "season": season,
            "seasons": seasons,
            "absent": absent,
            "period": period,
            "models": models,
            "by": by,
            "form": form,
            "calendar": calendar,
            "effort": effort,
            "search": search,
            "box_cox": box_cox,
            "nonnegative": nonnegative,
            "origins": origins,
            "end": end,
        },
        threads=threads,
    )


def change_points(
    data: ArrowData,
    *,
    group: str | Sequence[str] = (),
    order: str | None = None,
    value: str | None = None,
    season: int = 0,
    absent: Literal["missing", "zero", "closed"] = "missing",
    period: Literal["auto", "hour", "day", "week", "month", "quarter", "year"] = "auto",
    minimum: int = 0,
    limit: float = 4.0,
    least: float = 0.05,
    threads: int | None = None,
) -> pa.Table:
    """Finds when the level of each group changed for good.

    Means of weeks (where periods are days), as logarithms, are told by a level, the year, growth where that makes the
    shorter story, and steps (the partial structural change of Bai and Perron 1998): the step that explains most is
    added until none is sure, all are placed anew, and what is not sure beside the others goes. A change is sure that is
    `limit` standard errors from none, by the long-run variance of what is left, since what one week leaves to the next
    is no news. It must also stand beside a slope of its own, of a year and of half a year, and have no like at the same
    time of another year. So growth, seasons and single weeks are no change.

    Groups without a change have no row. 12 changes a group at most.

    Parameters
    ----------
    data : ArrowData
        A table of pyarrow, polars, pandas or DuckDB, its rows in any order.
    group : str or sequence of str
        Columns that tell the series apart; none: all rows are one series.
    order : str, optional
        The column that sorts a series: a date, a time or a whole number. Default: the one column of dates.
    value : str, optional
        The column of: demand or revenue; null: not known, and no evidence. Default: the column of this name, else the
        first number.
    season : int, default 0
        Periods that are looked at together, such as the days of a week; 0: a week where periods are days or shorter,
        else 1. From 0 to 400.
    absent : {"missing", "zero", "closed"}, default "missing"
        What a period without a row is, between the first and the last (or the end, where that is given): not known
        (missing), or nothing was sold (zero; closed: the same, because the shop was shut). A row whose value is null is
        always not known.
    period : {"auto", "hour", "day", "week", "month", "quarter", "year"}, default "auto"
        How far it is from one row to the next; auto: found in each group from its own dates, so that missing ones are
        seen.
    minimum : int, default 0
        Periods that a level must last, before a change and after; 0: eight weeks, four months or quarters, else 8. From
        0 to 100000.
    limit : float, default 4.0
        Standard errors that a change must be from none. From 1 to 100.
    least : float, default 0.05
        Smaller changes are left out, as a share of the level before. From 0 to 100.
    threads : int, optional
        Worker threads; default: all cores. The result is the same for any number.

    Returns
    -------
    pyarrow.Table
        The group columns, then:

        - `period` (period): the first of the new level, as near as the values tell.
        - `before` (double): level just before, a period: the mean of a year at most, free of season, growth and single
          values.
        - `after` (double): level from then on, likewise.
        - `change` (double, share of 1): after / before - 1; null where before is not above zero, as its interval is.
        - `low` (double, share of 1): lower end of its 95 % interval.
        - `high` (double, share of 1): upper end of its 95 % interval.
        - `certainty` (double, share of 1): that it is no accident: less the chance that noise alone is so far off, at
          any of the places looked at.
        - `lasted` (int, period): how many periods until the next change or the end.
        - `note` (text): what to mind, such as that there is no other year to compare with; null: nothing.

    Examples
    --------
    >>> foresell.change_points(sales, group=["item"], order="day", value="units")  # doctest: +SKIP
    """
    return apply(
        "change_points",
        data,
        group=group,
        order=order,
        columns={"value": value},
        params={
            "season": season,
            "absent": absent,
            "period": period,
            "minimum": minimum,
            "limit": limit,
            "least": least,
        },
        threads=threads,
    )


def classify(
    data: ArrowData,
    *,
    group: str | Sequence[str] = (),
    order: str | None = None,
    class_: str | None = None,
    kind: str | None = None,
    feature: str | None = None,
    level: str | None = None,
    knot: str | None = None,
    coefficient: str | None = None,
    mean: str | None = None,
    reasons: int = 0,
    threads: int | None = None,
) -> pa.Table:
    """Tells the probability of each class, by a model of fit_classifier.

    Each group holds its model, the rows of fit_classifier's table, and the rows to be scored: select row, class, kind,
    feature, level, knot, coefficient and the features, null in the model's rows, from both, put together by union all.
    A score of a class is the sum of its coefficients times its terms, and of the leaves of its trees; the softmax of a
    row's scores are the probabilities.

    Reasons: what a feature adds to a score are its terms beside their means, and of each tree the Shapley value
    (Lundberg et al. 2020). They add up exactly to how far the score is from the mean score. Select the model's mean
    too.

    A group without a model has no row.

    Parameters
    ----------
    data : ArrowData
        A table of pyarrow, polars, pandas or DuckDB, its rows in any order.
    group : str or sequence of str
        Columns that tell the series apart; none: all rows are one series.
    order : str, optional
        The column that sorts a series: which row it is: a number, a date or a time; give rows of a model numbers below
        those of rows to score. Default: the one column of dates.
    class_ : str, optional
        The column of: of a row of the model; null: the row is to be scored. Default: the column of this name, or none.
    kind : str, optional
        The column of: of the model's term, as fit_classifier gives it. Default: the column of this name, or none.
    feature : str, optional
        The column of: the name of the term's column. Default: the column of this name, or none.
    level : str, optional
        The column of: of the model's term. Default: the column of this name, or none.
    knot : str, optional
        The column of: of the model's term. Default: the column of this name, or none.
    coefficient : str, optional
        The column of: of the model's term; null: the term adds nothing. Default: the column of this name, or none.
    mean : str, optional
        The column of: of the model's term; wanted for reasons only. Default: the column of this name, or none.
    reasons : int, default 0
        How many features to name that move each probability most, with columns reason_1, effect_1, …; the effects of
        all features and the mean score add up to the score. From 0 to 5.
    threads : int, optional
        Worker threads; default: all cores. The result is the same for any number.

    Returns
    -------
    pyarrow.Table
        The group columns, then:

        - `row` (period): of the row that is scored.
        - `class` (text): each of the model's.
        - `probability` (double, share of 1): that the row is of the class; those of a row sum to 1.
        - `likeliest` (bool): whether no other class of the row has more; of equal ones the first by name.
        - `reason_…` (text; one for each of reasons): the feature that moves the row's score of the class most, the next
          one, …; null where no further one does.
        - `effect_…` (double; one for each of reasons): by how much: on the logarithm of the odds of the class (of more
          than two, beside the mean of the others), against the mean over the rows that the model was fitted to.

    Examples
    --------
    >>> foresell.classify(sales, group=["item"], order="day")  # doctest: +SKIP
    """
    return apply(
        "classify",
        data,
        group=group,
        order=order,
        columns={
            "class": class_,
            "kind": kind,
            "feature": feature,
            "level": level,
            "knot": knot,
            "coefficient": coefficient,
            "mean": mean,
        },
        params={
            "reasons": reasons,
        },
        threads=threads,
    )


def clean_outliers(
    data: ArrowData,
    *,
    group: str | Sequence[str] = (),
    order: str | None = None,
    value: str | None = None,
    on_promotion: str | None = None,
    season: int = 0,
    absent: Literal["missing", "zero", "closed"] = "missing",
    period: Literal["auto", "hour", "day", "week", "month", "quarter", "year"] = "auto",
    limit: float = 5.0,
    rows: Literal["all", "outliers"] = "all",
    threads: int | None = None,
) -> pa.Table:
    """Flags values that cannot be ordinary demand, and dampens them in a copy.

    What is usual is a rolling median, seasonally adjusted; how far values usually stray from it is their median
    absolute deviation, which grows with the root of the level (Hampel 1974). In series that are mostly zero the sizes
    of the sales themselves are compared. A value more than `limit` deviations and more than its own size away is an
    outlier if nearly no other value of the series, at whatever time, is as high (their upper decile, times its ratio to
    the median to the power 1.5), unless it is on promotion, comes back a year before or after, or lasts four periods or
    more. Zeros are never outliers: stock-outs and closed days are for other rules. One row out for each row in, or for
    each outlier.

    Parameters
    ----------
    data : ArrowData
        A table of pyarrow, polars, pandas or DuckDB, its rows in any order.
    group : str or sequence of str
        Columns that tell the series apart; none: all rows are one series.
    order : str, optional
        The column that sorts a series: a date, a time or a whole number. Default: the one column of dates.
    value : str, optional
        The column of: demand; null: not known, and stays so. Default: the column of this name, else the first number.
    on_promotion : str, optional
        The column of: true: a high value is expected and never an outlier. Default: the column of this name, or none.
    season : int, default 0
        Length of the season in periods; 0: by the period (day 7, week 52, month 12, quarter 4, hour 24, else none).
        From 0 to 10000.
    absent : {"missing", "zero", "closed"}, default "missing"
        What a period without a row is, between the first and the last (or the end, where that is given): not known
        (missing), or nothing was sold (zero; closed: the same, because the shop was shut). A row whose value is null is
        always not known.
    period : {"auto", "hour", "day", "week", "month", "quarter", "year"}, default "auto"
        How far it is from one row to the next; auto: found in each group from its own dates, so that missing ones are
        seen.
    limit : float, default 5.0
        How many usual deviations above what is usual a value may be. From 1 to 100.
    rows : {"all", "outliers"}, default "all"
        Whether every row comes back, or outliers only.
    threads : int, optional
        Worker threads; default: all cores. The result is the same for any number.

    Returns
    -------
    pyarrow.Table
        The group columns, then:

        - `period` (period): as it came.
        - `value` (double): as it came.
        - `cleaned` (double): the value, or where it is an outlier the most that is not one.
        - `is_outlier` (bool): whether cleaned differs from value.
        - `reason` (text): such as "12 times its usual 4"; null where it is no outlier.

    Examples
    --------
    >>> foresell.clean_outliers(sales, group=["item"], order="day", value="units")  # doctest: +SKIP
    """
    return apply(
        "clean_outliers",
        data,
        group=group,
        order=order,
        columns={"value": value, "on_promotion": on_promotion},
        params={
            "season": season,
            "absent": absent,
            "period": period,
            "limit": limit,
            "rows": rows,
        },
        threads=threads,
    )


def decompose(
    data: ArrowData,
    *,
    group: str | Sequence[str] = (),
    order: str | None = None,
    value: str | None = None,
    season: Sequence[float] = (),
    absent: Literal["missing", "zero", "closed"] = "missing",
    period: Literal["auto", "hour", "day", "week", "month", "quarter", "year"] = "auto",
    robust: int = 2,
    window: int = 0,
    few: int = 5,
    threads: int | None = None,
) -> pa.Table:
    """Takes each group's series apart into trend, seasons and remainder.

    One season: STL (Cleveland, Cleveland, McRae and Terpenning 1990). Several: MSTL (Bandara, Hyndman and Bergmeir
    2021), which takes out one after the other, the shortest first, twice over. No season: the trend alone, by loess.
    All smoothing is by local lines (loess of degree 1) with the windows of these papers, fitted at every tenth of a
    window; seasons may change slowly, but for those of `few` cycles (degree 0).

    Robust: after a fit, values more than six median sizes of the remainder away (and more than a hundredth of the
    median value) count nothing, and nearer ones count the more the nearer they are; then all is fitted again, `robust`
    times. Where half of the values are zero or more that would leave only zeros, so all count the same, which is noted.

    Missing values have no weight and nothing is put in their place. A season of which fewer than two cycles are known
    is left out and noted. One row out for each row in; trend and seasons also where the value is null.

    Parameters
    ----------
    data : ArrowData
        A table of pyarrow, polars, pandas or DuckDB, its rows in any order.
    group : str or sequence of str
        Columns that tell the series apart; none: all rows are one series.
    order : str, optional
        The column that sorts a series: a date, a time or a whole number; absent periods count as missing, unless
        `absent` says that they are zeros. Default: the one column of dates.
    value : str, optional
        The column of: demand or revenue; null: not known. Default: the column of this name, else the first number.
    season : Sequence[float], default ()
        Lengths of the seasons in periods, such as 7, 365, at most 8; each gives a column season…, one that is named
        twice a single one; empty: one, by the period (day 7, week 52, month 12, quarter 4, hour 24, else none); 1:
        none. From 1 to 10000.
    absent : {"missing", "zero", "closed"}, default "missing"
        What a period without a row is, between the first and the last (or the end, where that is given): not known
        (missing), or nothing was sold (zero; closed: the same, because the shop was shut). A row whose value is null is
        always not known.
    period : {"auto", "hour", "day", "week", "month", "quarter", "year"}, default "auto"
        How far it is from one row to the next; auto: found in each group from its own dates, so that missing ones are
        seen.
    robust : int, default 2
        Times that values far off are made to count less; 0: all count the same. From 0 to 50.
    window : int, default 0
        Cycles that a season is smoothed over: few let it change fast (at least 3, and odd; else the next that is); 0:
        11 for the first season, 15 for the second, and so on. From 0 to 10001.
    few : int, default 5
        A season of which there are fewer cycles than this is the same in all of them, as a line through so few would
        follow them, noise and all; 0: lines always, as the papers have it. From 0 to 1000.
    threads : int, optional
        Worker threads; default: all cores. The result is the same for any number.

    Returns
    -------
    pyarrow.Table
        The group columns, then:

        - `period` (period): as it came.
        - `value` (double): as it came.
        - `trend` (double): the smooth level; null where not one value of the group is known, as all parts are.
        - `season` (double): how far the period is above or below the trend at this time of all seasons together.
        - `season…` (double; one for each of season): the part of the season of this length; 0 where it is left out.
        - `remainder` (double): value - (trend + season); null where the value is.
        - `note` (text): what to mind in the group, such as a season left out; null: nothing.

    Examples
    --------
    >>> foresell.decompose(sales, group=["item"], order="day", value="units")  # doctest: +SKIP
    """
    return apply(
        "decompose",
        data,
        group=group,
        order=order,
        columns={"value": value},
        params={
            "season": season,
            "absent": absent,
            "period": period,
            "robust": robust,
            "window": window,
            "few": few,
        },
        threads=threads,
    )


def fit_classifier(
    data: ArrowData,
    *,
    group: str | Sequence[str] = (),
    order: str | None = None,
    label: str | None = None,
    model: Literal["auto", "logistic", "trees", "both"] = "auto",
    knots: int = 2,
    penalty: float = 0.0,
    folds: int = 5,
    method: Literal["foresell", "mllib"] = "foresell",
    threads: int | None = None,
) -> pa.Table:
    """Learns to tell classes from rows whose class is known.

    Two methods, and by default what is best of them: of each class a score, whose softmax are the probabilities.

    Penalised multinomial logistic regression (Hastie, Tibshirani, Friedman 2009, sec. 4.4): the score is the sum of
    coefficients times terms. A number gives itself and hinges at quantiles, where its effect may bend, and a mark where
    it is null; a text a term for each of its 30 most frequent levels. All terms are standardised, the mean log-loss
    plus the penalty is minimised by Newton's method, and coefficients are handed out for values as they came. The
    penalty is chosen from 1, 0.1 and 0.01 by cross-validation on 2,000 rows at most, whose folds are stretches of the
    order; its scores then give the temperature that calibrates (Guo et al. 2017).

    Gradient-boosted trees (Friedman 2001, 2002; Chen, Guestrin 2016): the score is the sum of the leaves of trees of at
    most three splits deep, each fitted to half of the rows and columns and to what the trees before it left
    unexplained, and shrunk to a fortieth. Numbers are cut at 62 quantiles at most, texts at their 30 most frequent
    levels. The boosting ends where the log-loss of rows left out, of 20,000 at most, was least.

    Both: the sum of the two scores by factors under which the log-loss of those rows is least (stacking: Breiman 1996),
    which calibrates as well. auto takes both where that is better than either by more than 1 in log-likelihood (Akaike
    1974), else the better one; with fewer than 20 rows a fold the logistic regression.

    The result is the model as a table, which classify takes. 32 classes at most. Groups without a known class have no
    row.

    Parameters
    ----------
    data : ArrowData
        A table of pyarrow, polars, pandas or DuckDB, its rows in any order.
    group : str or sequence of str
        Columns that tell the series apart; none: all rows are one series.
    order : str, optional
        The column that sorts a series: a number, a date or a time; cross-validation takes stretches of this order.
        Default: the one column of dates.
    label : str, optional
        The column of: the known class; null: the row is not used. Default: the column of this name, else the first
        number.
    model : {"auto", "logistic", "trees", "both"}, default "auto"
        Logistic: logistic regression; trees: gradient-boosted trees; both: the sum of their scores, each by a factor;
        auto: whichever foretells rows left out best.
    knots : int, default 2
        Hinges of each feature of numbers, at quantiles of the rows with a known class. From 0 to 9.
    penalty : float, default 0.0
        Half of it times the squares of the coefficients of standardised terms is added to the mean log-loss; 0: chosen
        by cross-validation (0.01 where rows are too few). From 0 to 1e+06.
    folds : int, default 5
        Of the cross-validation that chooses the penalty, ends the boosting, weighs and calibrates; below 2: none, and
        no trees. From 0 to 50.
    method : {"foresell", "mllib"}, default "foresell"
        Who fits: foresell, where the rows of a group are together; mllib, Spark's MLlib, over rows that are too many
        for that: on Spark only, and logistic regression only.
    threads : int, optional
        Worker threads; default: all cores. The result is the same for any number.

    Returns
    -------
    pyarrow.Table
        The group columns, then:

        - `class` (text): a class that was seen.
        - `kind` (text): the term's value: intercept 1; linear x; hinge max(0, x - knot); level 1 where the text is that
          one; missing 1 where the number is null. Of trees: split T N, node N of tree T, whose condition is that the
          number is above the knot, or the text the level, or, without either, that it is not null; leaf T N. Node 1 is
          the root, from node N it goes on to 2 N, or to 2 N + 1 where the condition holds.
        - `feature` (text): the column x; null for the intercept and for leaves.
        - `level` (text): the text of a level, or of a split.
        - `knot` (double): where a hinge bends, or a split cuts.
        - `coefficient` (double): what the term's value counts in the score of the class, for values as they came; of a
          leaf, what it adds to the score; of a split, the share of the fitted rows at the node for which the condition
          holds.
        - `fitted` (int, rows): rows of the group with a known class.
        - `penalty` (double): that was given or chosen; 0 where there is no logistic part.
        - `temperature` (double): factor that calibrates the scores, of trees that of the trees; it is in the
          coefficients.
        - `mean` (double): of the term's value over the fitted rows; null for trees.
        - `note` (text): of an intercept: what makes the model doubtful, such as a feature that alone tells the class
          all but surely, as it does if it is known only afterwards.

    Examples
    --------
    >>> foresell.fit_classifier(sales, group=["item"], order="day", label="units")  # doctest: +SKIP
    """
    return apply(
        "fit_classifier",
        data,
        group=group,
        order=order,
        columns={"label": label},
        params={
            "model": model,
            "knots": knots,
            "penalty": penalty,
            "folds": folds,
            "method": method,
        },
        threads=threads,
    )


def fit_purchases(
    data: ArrowData,
    *,
    group: str | Sequence[str] = (),
    order: str | None = None,
    repeats: str | None = None,
    recency: str | None = None,
    age: str | None = None,
    value: str | None = None,
    log_waits: str | None = None,
    customer: str | None = None,
    model: Literal["auto", "all", "nbd", "bg_nbd", "mbg_nbd", "pareto_nbd", "bg_cnbd_k", "mbg_cnbd_k"] = "auto",
    covariates: Sequence[str] = (),
    threads: int | None = None,
) -> pa.Table:
    """Learns from customers' purchases so far how often they buy, when they leave, and what a purchase brings.

    While a customer is one, purchases come at random at a rate of his own, gamma distributed over customers (shape r,
    rate alpha). nbd: for ever (Ehrenberg 1959). bg_nbd: until, after any repeat purchase, he leaves with a probability
    of his own, beta distributed (a, b; Fader, Hardie and Lee 2005). mbg_nbd: the same, and after the first purchase too
    (Batislam, Denizel and Filiztekin 2007). pareto_nbd: until he leaves, which may be at any time, at a rate of his
    own, gamma distributed (s, beta; Schmittlein, Morrison and Colombo 1987). bg_cnbd_k and mbg_cnbd_k: as bg_nbd and
    mbg_nbd, but the times between purchases are more regular than at random, Erlang-k distributed, and the rate is that
    of k events a purchase (Platzer and Reutterer 2016; Reutterer, Platzer and Schroeder 2021); k from 1, purchases at
    random, to 12 is the one of most likelihood, which log_waits tells: without it k is 1. Where value is given,
    gamma_gamma says what a purchase brings: it is gamma distributed (shape p), its scale too over customers (q, gamma),
    whatever their rates (Fader and Hardie 2013). All by maximum likelihood, with standard errors from its curvature.

    Covariates are what is known of a customer from the beginning and does not change (Fader and Hardie 2007): his rate
    of purchases is exp(rate:x (x - mean:x)) times that of the mean customer, whose parameters the others are, so alpha
    is divided by it; and the rate at which he leaves is exp(leaving:x (x - mean:x)) times as large, so beta is divided
    by it, or, where he leaves after purchases, the odds a / b of leaving, so a is multiplied. A coefficient of 0.1 is
    about 10 % more for each unit of x. k is that without covariates. Whose covariates are not all known is not learnt
    from. The coefficients of what is the same for all customers, or a sum of covariates before it, are 0.

    Covariates that change over time, of pareto_nbd (Bachmann, Meierer and Naef 2021): cut each customer's time since
    the first purchase into stretches over which they are constant, and give a row for each, with the same customer and
    in the order of row. age is then how long it lasts, repeats the purchases in it but for the first of all, recency
    the time from its beginning to the last of them, 0 where there are none, and value what one of them brought. He buys
    and leaves in each at rates scaled by its covariates; mean:x is over customers, of the mean over each one's time.
    Rows behind these whose repeats is null are stretches to come, which purchases takes, and not learnt from. A
    customer is left out where one of his stretches so far is no history, or lacks a covariate. Other models, and auto
    and all, refuse several rows of a customer.

    The result is the model as a table, which purchases takes. A history is no history where a number is null or below
    0, repeats is no whole number, recency is above age, or above 0 without repeats: such rows are not learnt from.
    Customers of age 0 and of one purchase are. Groups without a history have no row.

    Parameters
    ----------
    data : ArrowData
        A table of pyarrow, polars, pandas or DuckDB, its rows in any order.
    group : str or sequence of str
        Columns that tell the series apart; none: all rows are one series.
    order : str, optional
        The column that sorts a series: which customer it is: a number, a date or a time, each once; where customers
        have several rows, one for each row. Default: the one column of dates.
    repeats : str, optional
        The column of: how many came after the first; those of one moment are one. Default: the column of this name,
        else the first number.
    recency : str, optional
        The column of: time from the first purchase to the last, in weeks, say; 0 where there are no repeats. Default:
        the column of this name, else the first number.
    age : str, optional
        The column of: time from the first purchase until which the customer was seen, in the same unit. Default: the
        column of this name, else the first number.
    value : str, optional
        The column of: what a repeat purchase brought, the customer's mean; null, 0 and below: not known. Default: the
        column of this name, or none.
    log_waits : str, optional
        The column of: the sum of the natural logarithms of the times between his purchases, in the unit of age, of
        those with repeats; it tells how regular purchases are. Default: the column of this name, or none.
    customer : str, optional
        The column of: whose row it is: a text, a number or a date. Several rows of one are stretches of his time, one
        after the other, between which covariates change; null, or no such column: each row is a customer. Default: the
        column of this name, or none.
    model : {"auto", "all", "nbd", "bg_nbd", "mbg_nbd", "pareto_nbd", "bg_cnbd_k", "mbg_cnbd_k"}, default "auto"
        Of purchases; all: each of them; auto: the one with the least of Akaike's criterion.
    covariates : Sequence[str], default ()
        Columns, 8 at most, with what is known of customers from the beginning, such as [distance, loyal]: they scale
        how often each buys and how soon he leaves.
    threads : int, optional
        Worker threads; default: all cores. The result is the same for any number.

    Returns
    -------
    pyarrow.Table
        The group columns, then:

        - `model` (text): nbd, bg_nbd, mbg_nbd, pareto_nbd, bg_cnbd_k or mbg_cnbd_k, of purchases; gamma_gamma, of what
          one brings.
        - `parameter` (text): r and alpha of the rate of purchases; a and b, or s and beta, of leaving; k of their
          regularity; p, q and gamma of money. Of a covariate x: mean:x, over customers, and the coefficients rate:x and
          leaving:x.
        - `estimate` (double): of most likelihood; alpha and beta in the unit of age, gamma in that of value;
          coefficients may be below 0.
        - `deviation` (double): standard error; null where the likelihood is flat.
        - `log_likelihood` (double): of the model, natural logarithm.
        - `customers` (int, customers): that it has learnt from.
        - `note` (text): why estimates say little; null: they are at the maximum of the likelihood. Of a covariate's
          mean: how many customers were left out, as a covariate of theirs is null.

    Examples
    --------
    >>> foresell.fit_purchases(sales, group=["item"], order="day", repeats="units", recency="units", age="units")  # doctest: +SKIP
    """
    return apply(
        "fit_purchases",
        data,
        group=group,
        order=order,
        columns={
            "repeats": repeats,
            "recency": recency,
            "age": age,
            "value": value,
            "log_waits": log_waits,
            "customer": customer,
        },
        params={
            "model": model,
            "covariates": covariates,
        },
        threads=threads,
    )


def fit_segments(
    data: ArrowData,
    *,
    group: str | Sequence[str] = (),
    order: str | None = None,
    segments: int = 0,
    least: int = 2,
    most: int = 8,
    method: Literal["kmeans", "mixture"] = "kmeans",
    transform: Literal["auto", "none", "log"] = "auto",
    seed: int = 1,
    fitter: Literal["foresell", "mllib"] = "foresell",
    threads: int | None = None,
) -> pa.Table:
    """Finds segments of rows that are alike.

    Features are standardised, skewed ones as logarithms, and rows divided by k-means (the best of ten starts by
    k-means++, Arthur and Vassilvitskii 2007, and Lloyd's rounds to their end) or by a mixture of Gaussians (expectation
    and maximisation, Dempster, Laird, Rubin 1977). How many segments there are is chosen on 1,000 rows: by k-means the
    number with the widest silhouette (Rousseeuw 1987) among those all of whose segments are found again in 20 resamples
    with a mean Jaccard coefficient of 0.75 (Hennig 2007), where none is so stable the most stable; by mixtures the
    number with the least BIC (Fraley, Raftery 2002).

    The result is the model as a table, which segment takes. A group whose features do not differ has no row. A mixture
    is fitted to 50,000 rows at most.

    Parameters
    ----------
    data : ArrowData
        A table of pyarrow, polars, pandas or DuckDB, its rows in any order.
    group : str or sequence of str
        Columns that tell the series apart; none: all rows are one series.
    order : str, optional
        The column that sorts a series: a number, a date or a time; samples are spread over this order. Default: the one
        column of dates.
    segments : int, default 0
        How many; 0: chosen from least to most. From 0 to 32.
    least : int, default 2
        The fewest that may be chosen. From 1 to 32.
    most : int, default 8
        The most that may be chosen. From 1 to 32.
    method : {"kmeans", "mixture"}, default "kmeans"
        Kmeans, or a mixture of Gaussians with variances of their own.
    transform : {"auto", "none", "log"}, default "auto"
        Log: a feature x is taken as asinh(x / unit), a logarithm for large values of either sign; auto: where its
        skewness is above 1.
    seed : int, default 1
        Of the random starts and resamples. From 0 to 1e+09.
    fitter : {"foresell", "mllib"}, default "foresell"
        Who fits: foresell, where the rows of a group are together; mllib, Spark's MLlib, over rows that are too many
        for that: on Spark only, and k-means only.
    threads : int, optional
        Worker threads; default: all cores. The result is the same for any number.

    Returns
    -------
    pyarrow.Table
        The group columns, then:

        - `segment` (int): 1, 2 … by size, the largest first.
        - `feature` (text): the column; one that does not differ is left out.
        - `unit` (double): of a feature x that is taken as asinh(x / unit); null: it is taken as it is.
        - `shift` (double): the feature's mean, so taken.
        - `scale` (double): its standard deviation.
        - `centre` (double, deviations): mean of the segment, in standard deviations from the mean of all.
        - `deviation` (double, deviations): of the component, by a mixture; null by k-means.
        - `value` (double): the centre as a value of the feature.
        - `weight` (double, share of 1): of the rows that are in the segment.
        - `stability` (double, share of 1): how much of the segment is found again in resamples: mean Jaccard
          coefficient (Hennig 2007); from 0.75 on it may be believed, below 0.6 it should not be.
        - `silhouette` (double): mean silhouette width of this number of segments, -1 to 1 (Rousseeuw 1987).
        - `within` (double): sum of squares from all rows to their centres, by k-means.
        - `bic` (double): of the mixture: less is better; null by k-means.
        - `fitted` (int, rows): that the fit has seen.

    Examples
    --------
    >>> foresell.fit_segments(sales, group=["item"], order="day")  # doctest: +SKIP
    """
    return apply(
        "fit_segments",
        data,
        group=group,
        order=order,
        columns={},
        params={
            "segments": segments,
            "least": least,
            "most": most,
            "method": method,
            "transform": transform,
            "seed": seed,
            "fitter": fitter,
        },
        threads=threads,
    )


def fit_uplift(
    data: ArrowData,
    *,
    group: str | Sequence[str] = (),
    order: str | None = None,
    outcome: str | None = None,
    treatment: str | None = None,
    treated: str | None = None,
    model: Literal["auto", "s", "t", "x", "transform", "tree"] = "auto",
    control: str | int | date = "",
    knots: int = 2,
    folds: int = 5,
    trees: int = 50,
    criterion: Literal["ed", "kl", "chi"] = "ed",
    weigh: bool = True,
    seed: int = 1,
    threads: int | None = None,
) -> pa.Table:
    """Learns from an experiment whom a treatment changes.

    The uplift of a row is how much more of the outcome it has treated than not treated. Ridge regressions of the S-, T-
    and X-learner (Künzel, Sekhon, Bickel, Yu 2019), with the treatment's products with all terms in S; the class
    transformation (Jaskowski, Jaroszewicz 2012) in its form for any outcome and any share of treated; a forest of
    honest uplift trees (Rzepakowski, Jaroszewicz 2012; Athey, Imbens 2016). Features become terms as in fit_classifier.
    On 50,000 rows at most, each fold is foretold from the others by each learner with the penalties 1, 0.1 and 0.01 and
    by the forest; auto takes what has the greatest Qini coefficient (Radcliffe 2007), the mean over the folds. qini is
    that of the best of thirteen, so a little too high; uplift_curve on rows kept apart says what it is worth. What is
    foretold so is then put on the line that fits the folds best (Chernozhukov, Demirer, Duflo, Fernández-Val 2018):
    where scores tell nothing all rows have the mean uplift.

    Only an experiment tells what a treatment does. Where features foretell the treatment of rows that were not learnt
    from (Mann and Whitney's test, p < 0.01), it was not random: note says so, and rows are weighted by the inverse of
    its probability, at most tenfold. What no feature tells stays in the uplift. A column that is made of the treatment,
    or came after it, is no feature.

    The result is the model as a table, which uplift takes: of each arm against the control its terms and the nodes of
    its trees. A group without a treated row or without a control has no row.

    Parameters
    ----------
    data : ArrowData
        A table of pyarrow, polars, pandas or DuckDB, its rows in any order.
    group : str or sequence of str
        Columns that tell the series apart; none: all rows are one series.
    order : str, optional
        The column that sorts a series: which row it is: a number, a date or a time. Default: the one column of dates.
    outcome : str, optional
        The column of: what the treatment may change: yes or no, or a number; null: the row is not used. Default: the
        column of this name, else the first number.
    treatment : str, optional
        The column of: how the row was treated; null: the row is not used. Default: the column of this name, or none.
    treated : str, optional
        The column of: in the place of treatment: whether the row was treated. Default: the column of this name, or
        none.
    model : {"auto", "s", "t", "x", "transform", "tree"}, default "auto"
        The S-, T- or X-learner, the class transformation, a forest of uplift trees; auto: that with the greatest Qini
        coefficient in cross-validation.
    control : str | int | date, default ""
        The text of treatment that stands for none; not given: none, no, control, false or 0, or what begins with 'no ',
        in any case, the rarest where there are several.
    knots : int, default 2
        Hinges of each feature of numbers, at quantiles. From 0 to 9.
    folds : int, default 5
        Of the cross-validation that chooses, tests the treatment and calibrates; below 2: none, and auto is s. From 0
        to 50.
    trees : int, default 50
        Of the forest. From 1 to 1000.
    criterion : {"ed", "kl", "chi"}, default "ed"
        By which trees are split: squared Euclidean, Kullback-Leibler or chi-squared divergence; outcomes other than 0
        and 1 have the first only.
    weigh : bool, default True
        Whether rows are weighted by the inverse of their treatment's probability where features foretell it.
    seed : int, default 1
        Of the folds and trees. From 0 to 1e+09.
    threads : int, optional
        Worker threads; default: all cores. The result is the same for any number.

    Returns
    -------
    pyarrow.Table
        The group columns, then:

        - `arm` (text): the treatment that is compared with the control; of treated: true.
        - `kind` (text): a term's value: intercept 1; linear x; hinge max(0, x - knot); level 1 where the text is that
          one; missing 1 where the number is null; or a node of a tree: split, leaf.
        - `feature` (text): the column x; null for the intercept and a leaf.
        - `level` (text): the text of a level.
        - `knot` (double): where a hinge bends, or a number is split.
        - `coefficient` (double): what the term's value counts in the uplift, for values as they came; of a leaf what it
          adds; null for a split.
        - `tree` (int): of a node.
        - `node` (int): in its tree; 0: the root.
        - `below` (int): the node for numbers at most the knot, or for the text of the level.
        - `above` (int): the node for all other rows, null as well.
        - `bound` (double): greatest outcome less the least: no uplift is beyond it.
        - `centre` (double): the uplift whose standard error is least; null, as the next two: too few rows.
        - `level_error` (double): the standard error there.
        - `slope_error` (double, share of 1): the standard error of an uplift's distance from the centre, as a share of
          it.
        - `control` (text): which arm that is.
        - `model` (text): the one that was given or chosen.
        - `treated` (int, rows): of the arm, that were learnt from.
        - `controls` (int, rows): of the control, that were learnt from.
        - `qini` (double): Qini coefficient on rows that were not learnt from, the mean over the folds; null: too few
          rows, or outcomes all alike.
        - `auuc` (double): area under the uplift curve, of the same.
        - `treatment_auc` (double): how often features foretell which of a treated and a control row is the treated: 0.5
          where the treatment was random.
        - `treatment_p` (double, share of 1): the chance of so much where it was.
        - `note` (text): a warning where the treatment was not random, or rows are too few to tell.

    Examples
    --------
    >>> foresell.fit_uplift(sales, group=["item"], order="day", outcome="units")  # doctest: +SKIP
    """
    return apply(
        "fit_uplift",
        data,
        group=group,
        order=order,
        columns={"outcome": outcome, "treatment": treatment, "treated": treated},
        params={
            "model": model,
            "control": control,
            "knots": knots,
            "folds": folds,
            "trees": trees,
            "criterion": criterion,
            "weigh": weigh,
            "seed": seed,
        },
        threads=threads,
    )


def forecast(
    data: ArrowData,
    *,
    group: str | Sequence[str] = (),
    order: str | None = None,
    value: str | None = None,
    ahead: str | None = None,
    event: str | None = None,
    seasonal_index: str | None = None,
    horizon: int = 28,
    quantile: Sequence[float] = (0.05, 0.25, 0.5, 0.75, 0.95),
    of: Literal["step", "sum"] = "step",
    intervals: Literal["model", "conformal"] = "model",
    paths: int = 2000,
    seed: int = 1,
    season: int = 0,
    seasons: Sequence[float] = (),
    absent: Literal["missing", "zero", "closed"] = "missing",
    period: Literal["auto", "hour", "day", "week", "month", "quarter", "year"] = "auto",
    model: Literal["snaive", "naive", "drift", "mean", "window_average", "seasonal_window_average", "ets", "ses", "holt", "holt_damped", "holt_winters", "holt_winters_multiplicative", "seasonal_es", "log_theta", "theta", "otm", "dstm", "dotm", "ces", "arima", "mstl", "tbats", "dhr", "croston", "croston_optimized", "sba", "tsb", "adida", "imapa", "counts", "median", "auto"] = "auto",
    models: Sequence[Literal["snaive", "naive", "drift", "mean", "window_average", "seasonal_window_average", "ets", "ses", "holt", "holt_damped", "holt_winters", "holt_winters_multiplicative", "seasonal_es", "log_theta", "theta", "otm", "dstm", "dotm", "ces", "arima", "mstl", "tbats", "dhr", "croston", "croston_optimized", "sba", "tsb", "adida", "imapa", "counts"]] = (),
    form: str | int | date = "ZZZ",
    calendar: Literal["auto", "yes", "no"] = "auto",
    effort: Literal["usual", "fast"] = "usual",
    search: Literal["stepwise", "full"] = "stepwise",
    box_cox: str | int | date = "no",
    nonnegative: Literal["auto", "yes", "no"] = "auto",
    origins: int = 3,
    end: str | int | date = "",
    save: Sequence[Literal["model"]] = (),
    threads: int | None = None,
) -> pa.Table:
    """Forecasts each group's series, with quantiles.

    Models: snaive, the last value of the same season; naive, the last value; drift, the line from the first to the
    last; mean; window_average, of the last season; seasonal_window_average, of the same place in the last three.
    Exponential smoothing (ets), its form by AICc among fifteen: additive or multiplicative error, no trend, an additive
    or a damped one, no season, an additive or a multiplicative one (Hyndman, Koehler, Ord and Snyder 2008; errors and
    seasons that multiply want values above zero). By name: ses, holt, holt_damped, holt_winters (additive),
    holt_winters_multiplicative, seasonal_es (each place of the season smoothed by itself); `form` gives any of the
    thirty forms. The Theta method (theta), its optimised (otm), dynamic (dstm) and dynamic optimised form (dotm;
    Fiorucci and others 2016), and theta of logarithms, for growth by a share (log_theta). Complex exponential smoothing
    (ces; Svetunkov, Kourentzes and Ord 2022). For demand with many zeros: croston (1972), croston_optimized, sba
    (Syntetos and Boylan 2005), tsb (Teunter, Syntetos and Babai 2011), adida (Nikolopoulos and others 2011), imapa
    (Petropoulos and Kourentzes 2015). For whole numbers that are small, as of slow movers, counts: a mixture of
    negative binomials that forecasts their whole distribution (after Snyder, Ord and Beaumont 2012). Seasonal ARIMA
    (arima), orders by AICc and a stepwise search (Hyndman and Khandakar 2008), or among all (`search`), exact
    likelihood. Several seasons, as of days 7 and 365: mstl, which takes them out by STL and forecasts the rest by ets
    without season (Bandara, Hyndman and Bergmeir 2021); tbats, in which each season is a sum of waves, as many as AICc
    says, with ARMA errors after a transformation of Box and Cox (De Livera, Hyndman and Snyder 2011); and dhr, such
    waves that stay as they are, and ARIMA without season for what they leave (Hyndman and Athanasopoulos, Forecasting:
    Principles and Practice, 10.5). The median of ets, dotm, ces and arima at each step (median).

    With auto a group of slow movers (whole numbers, at least a fifth of zeros, or a mean of at most 20 over 100 periods
    or more) is forecast as counts. Of others ets, dotm, ces, arima, and snaive where there is a season, drift and
    log_theta where there is none, or those that `models` names, are tried at several points of the group's past, where
    they see only what lay before. The forecast is their mean, weighted by the inverse square of their mean absolute
    errors there, each point counting twice the one before where there is no season (Bates and Granger 1969); the column
    model tells the weights. Where the past is too short to try, it is their median. A model that cannot take a group
    (too short, or with values below zero) is left out, or leaves it to ets.

    Seasons, where none are given, are those that the period suggests (of days 7 and 365, of hours 24 and 168) or, of
    whole numbers, peaks of the autocorrelation, seen twice at least and significant at 1 %. Where a group has two or
    more, auto tries mstl too; the column note tells them, and the season that was found where the period has none.

    Regressors (further columns) multiply a series without values below zero, and add to others: y = level x season x
    exp(b (x - usual)), b by quasi-likelihood with the level as a mean over near periods (Santos Silva and Tenreyro
    2006; Robinson 1988), drawn to zero by a prior and safe against outliers. With auto the time of the month is such a
    regressor of days (`calendar`). Any model is then fitted to the series without them; counts are left whole, and
    their level is multiplied instead. Events (the column `event`) do so by name: one effect that all have in common and
    one of each beside it, both drawn to zero, so that a seldom one is taken for an event like the others.

    With `box_cox` ets, arima and dhr are fitted to (y^lambda - 1) / lambda, by name or as parts of auto and median (Box
    and Cox 1964; lambda by Guerrero 1993). Means that come back are means, not medians; quantiles and paths go back as
    they are, and in combinations errors are widened by the slope at the median.

    Quantiles of counts are those of their distribution. Others come from the model's own errors: their distribution at
    one step, widened by theory for later steps and by how much larger the errors of the trial were than theory said.
    They ascend with the probability, and are never below zero where the values never are. With `intervals` conformal
    they come from the errors that the trial made so many steps ahead, with their sign, over what theory expected (split
    conformal prediction with rolling origins: Lei and others 2018; Stankeviciute and others 2021); of neighbouring
    steps together where trials are few, mixed with the model's own by the number of trials, and as by the model where
    there are fewer than five errors.

    With `of` sum a row is of the sum of all periods up to its own, which is what an order over a lead time must cover:
    quantiles of a sum are not sums of quantiles. They are read from simulated paths, in which an error lasts as far as
    the model lets it: errors are drawn from their distribution at one step, weights of past errors follow from how
    theory widens later steps; counts are drawn from their distribution, and the level follows what was drawn. The
    operator forecast_paths gives such paths.

    Missing values are skipped, not taken as zero, and so are absent periods unless `absent` says otherwise; a value
    more than 1,000 times the usual size is left out and noted. A group never fails: too short, constant or all-zero
    series get the simplest forecast that makes sense, and a note. A group in which nothing is known gets rows with a
    null mean.

    Parameters
    ----------
    data : ArrowData
        A table of pyarrow, polars, pandas or DuckDB, its rows in any order.
    group : str or sequence of str
        Columns that tell the series apart; none: all rows are one series.
    order : str, optional
        The column that sorts a series: a date, a time or a whole number; absent periods count as missing, unless
        `absent` says that they are zeros. Default: the one column of dates.
    value : str, optional
        The column of: what is forecast; null: not known (which is not zero). Default: the column of this name, else the
        first number.
    ahead : str, optional
        The column of: true: a period to come, of which only regressors and events are known; its value is not looked
        at. Default: the column of this name, or none.
    event : str, optional
        The column of: the name of what makes the period special, such as a holiday; null: nothing. Each name has an
        effect of its own, drawn to that of all events. Default: the column of this name, or none.
    seasonal_index : str, optional
        The column of: what the group is thought to be multiplied by in the period, such as the season of its category,
        1 as usual: a regressor whose effect is drawn to just that, and not to none. A season of a year is left to it.
        Null, or not above zero: not known. Default: the column of this name, or none.
    horizon : int, default 28
        How many periods to forecast. From 1 to 100000.
    quantile : Sequence[float], default (0.05, 0.25, 0.5, 0.75, 0.95)
        Probabilities; each gives a column q… From 0.0001 to 0.9999.
    of : {"step", "sum"}, default "step"
        Step: each period by itself; sum: all periods from the first one ahead up to it together, as an order over a
        lead time needs them, from simulated paths.
    intervals : {"model", "conformal"}, default "model"
        Model: quantiles of a step as the model's theory and errors say; conformal: by the errors that were made so many
        steps ahead at the points of the past, of which there should then be more (`origins`).
    paths : int, default 2000
        How many paths are simulated where sums are wanted. From 100 to 50000.
    seed : int, default 1
        Of the simulated paths: the same seed gives the same numbers. From 0 to 999999.
    season : int, default 0
        Length of the season in periods; 0: by the period (day 7, week 52, month 12, quarter 4, hour 24), and of whole
        numbers the shortest that the data show. From 0 to 10000.
    seasons : Sequence[float], default ()
        Lengths of several seasons, for mstl, tbats and dhr, such as [7, 365], at most 4; empty: those that the data
        show, of days 7 and 365, of hours 24 and 168, of whole numbers any; but `season` alone where that is given and
        none of these, or where auto is not at work. From 2 to 10000.
    absent : {"missing", "zero", "closed"}, default "missing"
        What a period without a row is, between the first and the last (or the end, where that is given): not known
        (missing), or nothing was sold (zero; closed: the same, because the shop was shut). A row whose value is null is
        always not known.
    period : {"auto", "hour", "day", "week", "month", "quarter", "year"}, default "auto"
        How far it is from one row to the next; auto: found in each group from its own dates, so that missing ones are
        seen.
    model : {"snaive", "naive", "drift", "mean", "window_average", "seasonal_window_average", "ets", "ses", "holt", "holt_damped", "holt_winters", "holt_winters_multiplicative", "seasonal_es", "log_theta", "theta", "otm", "dstm", "dotm", "ces", "arima", "mstl", "tbats", "dhr", "croston", "croston_optimized", "sba", "tsb", "adida", "imapa", "counts", "median", "auto"}, default "auto"
        Auto combines several by how good they were in the group's own past.
    models : Sequence[Literal["snaive", "naive", "drift", "mean", "window_average", "seasonal_window_average", "ets", "ses", "holt", "holt_damped", "holt_winters", "holt_winters_multiplicative", "seasonal_es", "log_theta", "theta", "otm", "dstm", "dotm", "ces", "arima", "mstl", "tbats", "dhr", "croston", "croston_optimized", "sba", "tsb", "adida", "imapa", "counts"]], default ()
        What auto combines, such as [ets, croston, tsb]; empty: ets, dotm, ces, arima, snaive where there is a season,
        drift and log_theta where there is none, and mstl where there are several.
    form : str | int | date, default "ZZZ"
        Form of ets: error (A, M), trend (N, A, Ad, M, Md) and season (N, A, M), Z where it is to be chosen, as in AAdM
        or ZZN.
    calendar : {"auto", "yes", "no"}, default "auto"
        Yes: of days, over two months and more, the time of the month (pay days) is a regressor: three waves a month;
        auto: where the model auto is at work.
    effort : {"usual", "fast"}, default "usual"
        Fast: auto leaves out arima, which takes most of its time.
    search : {"stepwise", "full"}, default "stepwise"
        How arima looks for its orders: from neighbour to neighbour, or among all that have p + q + P + Q of at most 5,
        which takes some five times as long.
    box_cox : str | int | date, default "no"
        Lambda of a Box-Cox transformation that ets, arima and dhr are fitted after, 0 to 2, such as 0 for logarithms;
        auto: by Guerrero's method, 0 to 1; no: none. A series with values at or below zero is left as it is, and noted.
    nonnegative : {"auto", "yes", "no"}, default "auto"
        Whether what would be below zero is set to zero; auto: where the group's values never are below zero.
    origins : int, default 3
        Points in the past at which the models are tried out. From 0 to 100.
    end : str | int | date, default ""
        The last period of the past, for all groups: a date (YYYY-MM-DD) or a number; values after it are not looked at,
        and groups that end earlier are forecast from there on; empty: each group's own last period.
    save : Sequence[Literal["model"]], default ()
        [model]: the fitted models come along, in a column saved_model, to be carried on by update with what comes next.
    threads : int, optional
        Worker threads; default: all cores. The result is the same for any number.

    Returns
    -------
    pyarrow.Table
        The group columns, then:

        - `period` (period): the period that is forecast, in the type of the order column; of sums the last one.
        - `step` (int, period): 1 for the first period after the last, up to the horizon; of sums how many periods.
        - `mean` (double): expected value; null where not one value of the group is known.
        - `q…` (double; one for each of quantile): the value that is not exceeded with this probability.
        - `model` (text): the model's name: ETS(error,trend,season) with N none, A additive, Ad damped, M
          multiplicative; STM, OTM, DSTM, DOTM; CES(season) with N none, S simple, P partial, F full; MSTL(seasons) and
          the form of what is left, log where seasons multiply; TBATS(lambda, {p,q}, phi, {<season,harmonics>});
          DHR({<season,harmonics>}) and the orders of ARIMA; several with commas for their median, with their weights
          for their mean; or none.
        - `note` (text): what was done beside the usual, such as values left out; null: nothing.
        - `drivers` (text): what regressors do to this period's forecast, the largest first, as "promotion +38 %,
          holiday -12 %": against their smaller value where they have two, else against their mean; null: nothing of 1 %
          or more.
        - `saved_…` (text; one for each of save): in the row of step 1: the fitted model as a text, for the operator
          update (docs/saved.md); null where it can't be saved.

    Examples
    --------
    >>> foresell.forecast(sales, group=["item"], order="day", value="units")  # doctest: +SKIP
    """
    return apply(
        "forecast",
        data,
        group=group,
        order=order,
        columns={"value": value, "ahead": ahead, "event": event, "seasonal_index": seasonal_index},
        params={
            "horizon": horizon,
            "quantile": quantile,
            "of": of,
            "intervals": intervals,
            "paths": paths,
            "seed": seed,
            "season": season,
            "seasons": seasons,
            "absent": absent,
            "period": period,
            "model": model,
            "models": models,
            "form": form,
            "calendar": calendar,
            "effort": effort,
            "search": search,
            "box_cox": box_cox,
            "nonnegative": nonnegative,
            "origins": origins,
            "end": end,
            "save": save,
        },
        threads=threads,
    )


def forecast_paths(
    data: ArrowData,
    *,
    group: str | Sequence[str] = (),
    order: str | None = None,
    value: str | None = None,
    ahead: str | None = None,
    event: str | None = None,
    seasonal_index: str | None = None,
    horizon: int = 28,
    paths: int = 100,
    seed: int = 1,
    season: int = 0,
    seasons: Sequence[float] = (),
    absent: Literal["missing", "zero", "closed"] = "missing",
    period: Literal["auto", "hour", "day", "week", "month", "quarter", "year"] = "auto",
    model: Literal["snaive", "naive", "drift", "mean", "window_average", "seasonal_window_average", "ets", "ses", "holt", "holt_damped", "holt_winters", "holt_winters_multiplicative", "seasonal_es", "log_theta", "theta", "otm", "dstm", "dotm", "ces", "arima", "mstl", "tbats", "dhr", "croston", "croston_optimized", "sba", "tsb", "adida", "imapa", "counts", "median", "auto"] = "auto",
    models: Sequence[Literal["snaive", "naive", "drift", "mean", "window_average", "seasonal_window_average", "ets", "ses", "holt", "holt_damped", "holt_winters", "holt_winters_multiplicative", "seasonal_es", "log_theta", "theta", "otm", "dstm", "dotm", "ces", "arima", "mstl", "tbats", "dhr", "croston", "croston_optimized", "sba", "tsb", "adida", "imapa", "counts"]] = (),
    form: str | int | date = "ZZZ",
    calendar: Literal["auto", "yes", "no"] = "auto",
    effort: Literal["usual", "fast"] = "usual",
    search: Literal["stepwise", "full"] = "stepwise",
    box_cox: str | int | date = "no",
    nonnegative: Literal["auto", "yes", "no"] = "auto",
    origins: int = 3,
    end: str | int | date = "",
    threads: int | None = None,
) -> pa.Table:
    """Plays through what may come in each group's series.

    Paths of the model that forecast would take, for simulations of stock and orders. On a path an error lasts as far as
    the model lets it: errors are drawn from their distribution at one step, weights of past errors follow from how
    theory widens later steps (Box and Jenkins 1970); their sign is taken as plus, which is that of smoothing and of
    random walks, and else makes sums wider. Counts are drawn from their distribution, and the level follows what was
    drawn. At each step the paths cover the distribution in equal shares (a Latin hypercube: McKay, Beckman and Conover
    1979), in pairs that mirror each other.

    Regressors, nonnegative values and closed days are as in forecast, and the mean of many paths is its mean, but where
    values are kept from falling below zero. What is drawn depends on the seed alone: path 7 of one group and path 7 of
    another draw high at the same steps, so sums over groups path by path are those of groups that err together.

    Parameters
    ----------
    data : ArrowData
        A table of pyarrow, polars, pandas or DuckDB, its rows in any order.
    group : str or sequence of str
        Columns that tell the series apart; none: all rows are one series.
    order : str, optional
        The column that sorts a series: a date, a time or a whole number; absent periods count as missing, unless
        `absent` says that they are zeros. Default: the one column of dates.
    value : str, optional
        The column of: what is forecast; null: not known (which is not zero). Default: the column of this name, else the
        first number.
    ahead : str, optional
        The column of: true: a period to come, of which only regressors and events are known; its value is not looked
        at. Default: the column of this name, or none.
    event : str, optional
        The column of: the name of what makes the period special, such as a holiday; null: nothing. Each name has an
        effect of its own, drawn to that of all events. Default: the column of this name, or none.
    seasonal_index : str, optional
        The column of: what the group is thought to be multiplied by in the period, such as the season of its category,
        1 as usual: a regressor whose effect is drawn to just that, and not to none. A season of a year is left to it.
        Null, or not above zero: not known. Default: the column of this name, or none.
    horizon : int, default 28
        How many periods each path has. From 1 to 100000.
    paths : int, default 100
        How many paths each group gets. From 1 to 50000.
    seed : int, default 1
        Of the simulated paths: the same seed gives the same numbers. From 0 to 999999.
    season : int, default 0
        Length of the season in periods; 0: by the period (day 7, week 52, month 12, quarter 4, hour 24), and of whole
        numbers the shortest that the data show. From 0 to 10000.
    seasons : Sequence[float], default ()
        Lengths of several seasons, for mstl, tbats and dhr, such as [7, 365], at most 4; empty: those that the data
        show, of days 7 and 365, of hours 24 and 168, of whole numbers any; but `season` alone where that is given and
        none of these, or where auto is not at work. From 2 to 10000.
    absent : {"missing", "zero", "closed"}, default "missing"
        What a period without a row is, between the first and the last (or the end, where that is given): not known
        (missing), or nothing was sold (zero; closed: the same, because the shop was shut). A row whose value is null is
        always not known.
    period : {"auto", "hour", "day", "week", "month", "quarter", "year"}, default "auto"
        How far it is from one row to the next; auto: found in each group from its own dates, so that missing ones are
        seen.
    model : {"snaive", "naive", "drift", "mean", "window_average", "seasonal_window_average", "ets", "ses", "holt", "holt_damped", "holt_winters", "holt_winters_multiplicative", "seasonal_es", "log_theta", "theta", "otm", "dstm", "dotm", "ces", "arima", "mstl", "tbats", "dhr", "croston", "croston_optimized", "sba", "tsb", "adida", "imapa", "counts", "median", "auto"}, default "auto"
        As in forecast.
    models : Sequence[Literal["snaive", "naive", "drift", "mean", "window_average", "seasonal_window_average", "ets", "ses", "holt", "holt_damped", "holt_winters", "holt_winters_multiplicative", "seasonal_es", "log_theta", "theta", "otm", "dstm", "dotm", "ces", "arima", "mstl", "tbats", "dhr", "croston", "croston_optimized", "sba", "tsb", "adida", "imapa", "counts"]], default ()
        As in forecast.
    form : str | int | date, default "ZZZ"
        Form of ets: error (A, M), trend (N, A, Ad, M, Md) and season (N, A, M), Z where it is to be chosen, as in AAdM
        or ZZN.
    calendar : {"auto", "yes", "no"}, default "auto"
        Yes: of days, over two months and more, the time of the month (pay days) is a regressor: three waves a month;
        auto: where the model auto is at work.
    effort : {"usual", "fast"}, default "usual"
        Fast: auto leaves out arima, which takes most of its time.
    search : {"stepwise", "full"}, default "stepwise"
        How arima looks for its orders: from neighbour to neighbour, or among all that have p + q + P + Q of at most 5,
        which takes some five times as long.
    box_cox : str | int | date, default "no"
        Lambda of a Box-Cox transformation that ets, arima and dhr are fitted after, 0 to 2, such as 0 for logarithms;
        auto: by Guerrero's method, 0 to 1; no: none. A series with values at or below zero is left as it is, and noted.
    nonnegative : {"auto", "yes", "no"}, default "auto"
        Whether what would be below zero is set to zero; auto: where the group's values never are below zero.
    origins : int, default 3
        As in forecast. From 0 to 100.
    end : str | int | date, default ""
        As in forecast.
    threads : int, optional
        Worker threads; default: all cores. The result is the same for any number.

    Returns
    -------
    pyarrow.Table
        The group columns, then:

        - `path` (int): 1 to the number of paths.
        - `period` (period): the period that is played through, in the type of the order column.
        - `step` (int, period): 1 for the first period after the last, up to the horizon.
        - `value` (double): what comes on this path; null where not one value of the group is known.

    Examples
    --------
    >>> foresell.forecast_paths(sales, group=["item"], order="day", value="units")  # doctest: +SKIP
    """
    return apply(
        "forecast_paths",
        data,
        group=group,
        order=order,
        columns={"value": value, "ahead": ahead, "event": event, "seasonal_index": seasonal_index},
        params={
            "horizon": horizon,
            "paths": paths,
            "seed": seed,
            "season": season,
            "seasons": seasons,
            "absent": absent,
            "period": period,
            "model": model,
            "models": models,
            "form": form,
            "calendar": calendar,
            "effort": effort,
            "search": search,
            "box_cox": box_cox,
            "nonnegative": nonnegative,
            "origins": origins,
            "end": end,
        },
        threads=threads,
    )


def lot_sizes(
    data: ArrowData,
    *,
    group: str | Sequence[str] = (),
    order: str | None = None,
    demand: str | None = None,
    setup: float,
    holding: float,
    method: Literal["wagner_whitin", "silver_meal", "least_unit_cost", "part_period", "lot_for_lot", "period_quantity"] = "wagner_whitin",
    threads: int | None = None,
) -> pa.Table:
    """Says what to order in each period so that what is needed is there, at least cost.

    Demand is known, as from a plan or a production schedule; an order costs `setup` and each unit that is left at the
    end of a period `holding`. wagner_whitin is the plan of least cost (Wagner and Whitin 1958), in time linear in the
    periods (Wagelmans, van Hoesel and Kolen 1992). The rules begin an order where something is needed and take in the
    next periods as long as theirs allows (Silver, Pyke and Thomas 2017, section 6.6).

    Parameters
    ----------
    data : ArrowData
        A table of pyarrow, polars, pandas or DuckDB, its rows in any order.
    group : str or sequence of str
        Columns that tell the series apart; none: all rows are one series.
    order : str, optional
        The column that sorts a series: a date, a time or a whole number; each row is a period, the next row the next
        one. Default: the one column of dates.
    demand : str, optional
        The column of: needed at the start of the period, at least 0; null: nothing is. Default: the column of this
        name, else the first number.
    setup : float
        What an order costs, whatever its size. From 0 to 1e+15.
    holding : float
        What a unit costs that is left at the end of a period. From 0 to 1e+15.
    method : {"wagner_whitin", "silver_meal", "least_unit_cost", "part_period", "lot_for_lot", "period_quantity"}, default "wagner_whitin"
        Wagner_whitin costs least; the others are the usual rules.
    threads : int, optional
        Worker threads; default: all cores. The result is the same for any number.

    Returns
    -------
    pyarrow.Table
        The group columns, then:

        - `period` (period): as it came.
        - `ordered` (double, units): to come at the start of the period.
        - `left` (double, units): there at its end.
        - `cost` (double, money): of the order and of what is left.

    Examples
    --------
    >>> foresell.lot_sizes(sales, group=["item"], order="day", demand="units")  # doctest: +SKIP
    """
    return apply(
        "lot_sizes",
        data,
        group=group,
        order=order,
        columns={"demand": demand},
        params={
            "setup": setup,
            "holding": holding,
            "method": method,
        },
        threads=threads,
    )


def order(
    data: ArrowData,
    *,
    group: str | Sequence[str] = (),
    order: str | None = None,
    mean: str | None = None,
    on_hand: str | None = None,
    arriving: str | None = None,
    lead_time: str | None = None,
    holding: str | None = None,
    shortage: str | None = None,
    unit_cost: str | None = None,
    unit_profit: str | None = None,
    pack: str | None = None,
    least: str | None = None,
    most: str | None = None,
    order_cost: str | None = None,
    shelf_life: str | None = None,
    next_order: str | None = None,
    review: int = 1,
    unmet: Literal["lost", "later"] = "lost",
    service: float = 0.0,
    common: float = 0.0,
    rows: Literal["order", "pack", "all"] = "order",
    threads: int | None = None,
) -> pa.Table:
    """Says how much of each item to order now, why, and what it is worth.

    In each period what arrives is there before sales; an order is placed before period 1 and can be sold from period
    lead_time + 1 on. Demand of each period is a distribution on whole units (where demand is large, on a grid of 256
    steps) with the forecast's quantiles and its mean, zeros too. The distribution of the stock that is left when the
    order arrives is carried from period to period exactly, open orders with it; what is not there is lost, so that
    stock is never below zero, or owed (`unmet` later).

    The quantity is the one of least expected cost over the periods that this order alone answers for, `review` of them
    from its arrival on: holding of what is left at their ends, shortage of what is missed, what goes off at the end of
    its life, the cost of an order. This is the myopic policy, near the best one under lost sales (Zipkin 2008; Bijvank
    and Vis 2011). It is in whole packs; none where the least order or the cost of an order is not worth it. What goes
    off is counted of this order only, older units sold first.

    Periods do not depend on one another given their forecasts, unless `common` says how far one wrong level is in all
    of them: a factor that correlates their normal scores (Gaussian copula), which leaves each period's distribution as
    it is.

    With `rows` pack the gain of each further lot is told. It never increases from lot to lot: what must be ordered
    together (the least order, or as many as the cost of an order asks for) is one lot, so the best under a budget are
    the first lots of all groups by gain over cost. With `rows` all it goes on behind the best order, to lots that lose:
    where a supplier wants more than that, those that lose least for their money are the first of them.

    A group never fails: what is missing or makes no sense is said in the note, with what was taken.

    Parameters
    ----------
    data : ArrowData
        A table of pyarrow, polars, pandas or DuckDB, its rows in any order.
    group : str or sequence of str
        Columns that tell the series apart; none: all rows are one series.
    order : str, optional
        The column that sorts a series: the periods ahead, a row each, from the first after now on. Default: the one
        column of dates.
    mean : str, optional
        The column of: expected demand of the period, as forecast gives it; null: as the period before. Default: the
        column of this name, else the first number.
    on_hand : str, optional
        The column of: in the first row: stock now; null: 0; below zero: what is owed, where unmet is later. Default:
        the column of this name, or none.
    arriving : str, optional
        The column of: open orders that arrive before the sales of this period; null: none. Default: the column of this
        name, or none.
    lead_time : str, optional
        The column of: in the first row, as all that follow: an order now can be sold from period lead_time + 1 on;
        null: 1. Default: the column of this name, or none.
    holding : str, optional
        The column of: of a unit that is left at the end of a period; null: a ninth of shortage. Default: the column of
        this name, or none.
    shortage : str, optional
        The column of: of a unit that is asked for and not there; null or 0: unit_profit, else 1. Default: the column of
        this name, or none.
    unit_cost : str, optional
        The column of: what a unit costs; null: not known. Default: the column of this name, or none.
    unit_profit : str, optional
        The column of: what a unit that is sold earns, only where shortage is null. Default: the column of this name, or
        none.
    pack : str, optional
        The column of: orders are whole packs; null: 1. Default: the column of this name, or none.
    least : str, optional
        The column of: the least that may be ordered, if anything is; null: any. Default: the column of this name, or
        none.
    most : str, optional
        The column of: that the shelf takes: stock at arrival, as expected, and order; null: any. Default: the column of
        this name, or none.
    order_cost : str, optional
        The column of: of an order, however large; null: 0. Default: the column of this name, or none.
    shelf_life : str, optional
        The column of: in which the units of this order can be sold; null: for ever. Default: the column of this name,
        or none.
    next_order : str, optional
        The column of: in the first row: until the next order may be placed, 1 to 200; null: review. Default: the column
        of this name, or none.
    review : int, default 1
        Periods until the next order may be placed, where next_order does not say it. From 1 to 200.
    unmet : {"lost", "later"}, default "lost"
        What is asked for and not there is lost, or owed and delivered later; then shortage is money a unit and period.
    service : float, default 0.0
        The probability that nothing is missed, in place of the least cost; 0: the least cost. From 0 to 0.9999.
    common : float, default 0.0
        The correlation of the demands of any two periods about their forecasts, since the level may be wrong for all of
        them. From 0 to 0.95.
    rows : {"order", "pack", "all"}, default "order"
        One row a group, or one a further lot that gains something (none: no row), to be ranked by gain over cost under
        a budget; all: also those that gain nothing or lose, for who must order more.
    threads : int, optional
        Worker threads; default: all cores. The result is the same for any number.

    Returns
    -------
    pyarrow.Table
        The group columns, then:

        - `lot` (int): 1; with rows = pack or all the number of the lot in this group.
        - `quantity` (double, units): to order; with rows = pack or all of this lot, on top of those before.
        - `packs` (double): the same in packs.
        - `level` (double, units): expected stock when the order has arrived, it and the lots before it in.
        - `expected_stock` (double, units): the same without any of it; below zero: owed.
        - `demand` (double, units): expected in the periods that this order answers for: from its arrival until the next
          can arrive.
        - `risk` (double, share of 1): the probability that something is not there in them.
        - `risk_without` (double, share of 1): the same without it.
        - `sold` (double, units): expected in them; null where unmet is later: all is sold in the end.
        - `sold_without` (double, units): the same without it.
        - `missed` (double, units): expected not to be there in them; where unmet is later summed over the ends of
          periods.
        - `missed_without` (double, units): the same without it.
        - `gain` (double, money): that it saves in expectation in them: holding, shortage, what goes off and the cost of
          the order.
        - `cost` (double, money): of the goods: quantity times unit_cost.
        - `cover` (double, period): how long the level lasts at expected demand; null: for ever.
        - `reason` (text): why, with figures.
        - `note` (text): defaults that were taken, what is wrong with the data, and the constraint that binds; null:
          nothing.

    Examples
    --------
    >>> foresell.order(sales, group=["item"], order="day", mean="units")  # doctest: +SKIP
    """
    return apply(
        "order",
        data,
        group=group,
        order=order,
        columns={
            "mean": mean,
            "on_hand": on_hand,
            "arriving": arriving,
            "lead_time": lead_time,
            "holding": holding,
            "shortage": shortage,
            "unit_cost": unit_cost,
            "unit_profit": unit_profit,
            "pack": pack,
            "least": least,
            "most": most,
            "order_cost": order_cost,
            "shelf_life": shelf_life,
            "next_order": next_order,
        },
        params={
            "review": review,
            "unmet": unmet,
            "service": service,
            "common": common,
            "rows": rows,
        },
        threads=threads,
    )


def order_policy(
    data: ArrowData,
    *,
    group: str | Sequence[str] = (),
    order: str | None = None,
    mean: str | None = None,
    holding: str | None = None,
    shortage: str | None = None,
    deviation: str | None = None,
    fixed: str | None = None,
    lead_time: str | None = None,
    lead_deviation: str | None = None,
    policy: Literal["order_up_to", "s_S", "r_Q", "economic_lot"] = "order_up_to",
    review: int = 1,
    law: Literal["counts", "normal"] = "counts",
    threads: int | None = None,
) -> pa.Table:
    """Says when to order and how much, from demand, lead time and costs.

    Each row is an item: demand a period, lead time, and costs. What is asked for and not there waits.

    order_up_to: the level that costs least on average over the periods between two reviews; with one period the
    newsvendor's of demand over lead time and one period. s_S: the best point and level by Zheng and Federgruen (1991),
    costs counted at the end of each period. r_Q: the best point and lot under continuous review by Federgruen and Zheng
    (1992), of normal demand by Zheng (1992). economic_lot: Harris (1913), with back-orders where shortage is known.

    Demand over a lead time that is not certain has its exact mean and variance, and is taken as of the same law; else
    all is exact of independent periods, r_Q of Poisson demand. A row whose figures make no sense says so in its note.

    Parameters
    ----------
    data : ArrowData
        A table of pyarrow, polars, pandas or DuckDB, its rows in any order.
    group : str or sequence of str
        Columns that tell the series apart; none: all rows are one series.
    order : str, optional
        The column that sorts a series: which row it is: a number, a date or a time. Default: the one column of dates.
    mean : str, optional
        The column of: of demand a period. Default: the column of this name, else the first number.
    holding : str, optional
        The column of: what a unit costs that is left at the end of a period; above 0. Default: the column of this name,
        else the first number.
    shortage : str, optional
        The column of: what a unit costs that waits at the end of a period; above 0; null: nothing may wait, which only
        economic_lot can do. Default: the column of this name, or none.
    deviation : str, optional
        The column of: standard deviation of demand a period; null: as Poisson has it. Default: the column of this name,
        or none.
    fixed : str, optional
        The column of: what placing an order costs; null: 0. Default: the column of this name, or none.
    lead_time : str, optional
        The column of: periods until an order is there; null: 0. Default: the column of this name, or none.
    lead_deviation : str, optional
        The column of: standard deviation of lead_time; null: 0. Default: the column of this name, or none.
    policy : {"order_up_to", "s_S", "r_Q", "economic_lot"}, default "order_up_to"
        Order_up_to: to a level at each review; s_S: to a level where the point is reached, reviewed every period; r_Q:
        a lot as soon as the point is reached; economic_lot: the same under steady demand.
    review : int, default 1
        Periods from one review to the next, of order_up_to. From 1 to 366.
    law : {"counts", "normal"}, default "counts"
        Of demand: counts: whole units, Poisson, or negative binomial where it is spread more; normal: any quantity.
    threads : int, optional
        Worker threads; default: all cores. The result is the same for any number.

    Returns
    -------
    pyarrow.Table
        The group columns, then:

        - `row` (period): as it came.
        - `point` (double, units): an order is placed where what is on hand and on order, less what waits, is at or
          below it; null: at each review.
        - `upto` (double, units): up to what is ordered.
        - `lot` (double, units): what is ordered at once; null: up to the level, whatever it is.
        - `cover_mean` (double, units): demand until the next order is there.
        - `cover_deviation` (double, units): its standard deviation.
        - `safety` (double, units): of order_up_to upto, else point, less cover_mean.
        - `cost` (double, money a period): expected, of holding, shortage and orders.
        - `note` (text): why there are no figures, or what was taken in the place of what is not known; else null.

    Examples
    --------
    >>> foresell.order_policy(sales, group=["item"], order="day", mean="units", holding="units")  # doctest: +SKIP
    """
    return apply(
        "order_policy",
        data,
        group=group,
        order=order,
        columns={
            "mean": mean,
            "holding": holding,
            "shortage": shortage,
            "deviation": deviation,
            "fixed": fixed,
            "lead_time": lead_time,
            "lead_deviation": lead_deviation,
        },
        params={
            "policy": policy,
            "review": review,
            "law": law,
        },
        threads=threads,
    )


def peaks(
    data: ArrowData,
    *,
    group: str | Sequence[str] = (),
    order: str | None = None,
    value: str | None = None,
    event: str | None = None,
    season: int = 0,
    absent: Literal["missing", "zero", "closed"] = "missing",
    period: Literal["auto", "hour", "day", "week", "month", "quarter", "year"] = "auto",
    top: int = 10,
    minimum: float = 3.0,
    threads: int | None = None,
) -> pa.Table:
    """Finds the periods that stand highest above what is usual.

    What is usual is a rolling median over some weeks or months, adjusted for the weekday where periods are days; a peak
    is a value at least `minimum` usual deviations above it. The largest excesses of each group come first. Groups
    without a peak have no row.

    Parameters
    ----------
    data : ArrowData
        A table of pyarrow, polars, pandas or DuckDB, its rows in any order.
    group : str or sequence of str
        Columns that tell the series apart; none: all rows are one series.
    order : str, optional
        The column that sorts a series: a date, a time or a whole number. Default: the one column of dates.
    value : str, optional
        The column of: demand or revenue. Default: the column of this name, else the first number.
    event : str, optional
        The column of: what happened in the period; given back with the peak. Default: the column of this name, or none.
    season : int, default 0
        Length of the season in periods; 0: by the period (day 7, week 52, month 12, quarter 4, hour 24, else none).
        From 0 to 10000.
    absent : {"missing", "zero", "closed"}, default "missing"
        What a period without a row is, between the first and the last (or the end, where that is given): not known
        (missing), or nothing was sold (zero; closed: the same, because the shop was shut). A row whose value is null is
        always not known.
    period : {"auto", "hour", "day", "week", "month", "quarter", "year"}, default "auto"
        How far it is from one row to the next; auto: found in each group from its own dates, so that missing ones are
        seen.
    top : int, default 10
        How many of each group at most. From 1 to 10000.
    minimum : float, default 3.0
        Usual deviations that a peak must be above what is usual. From 0 to 1000.
    threads : int, optional
        Worker threads; default: all cores. The result is the same for any number.

    Returns
    -------
    pyarrow.Table
        The group columns, then:

        - `rank` (int): 1: the largest excess of the group.
        - `period` (period): as it came.
        - `value` (double): as it came.
        - `expected` (double): what is usual at that time: rolling median, seasonally adjusted.
        - `excess` (double, share of 1): value / expected - 1; null where nothing is usual.
        - `certainty` (double, share of 1): that it is no accident: z²/(1+z²), whatever the distribution (Cantelli).
        - `event` (text): as it came.

    Examples
    --------
    >>> foresell.peaks(sales, group=["item"], order="day", value="units")  # doctest: +SKIP
    """
    return apply(
        "peaks",
        data,
        group=group,
        order=order,
        columns={"value": value, "event": event},
        params={
            "season": season,
            "absent": absent,
            "period": period,
            "top": top,
            "minimum": minimum,
        },
        threads=threads,
    )


def purchases(
    data: ArrowData,
    *,
    group: str | Sequence[str] = (),
    order: str | None = None,
    model: str | None = None,
    parameter: str | None = None,
    estimate: str | None = None,
    repeats: str | None = None,
    recency: str | None = None,
    age: str | None = None,
    value: str | None = None,
    customer: str | None = None,
    ahead: Sequence[float] = (52,),
    interval: float = 0.9,
    discount: float = 0.1,
    year: float = 52.1786,
    covariates: Sequence[str] = (),
    threads: int | None = None,
) -> pa.Table:
    """Tells who is still a customer, how often he will buy and what that is worth, by a model of fit_purchases.

    Each group holds its model, the rows of fit_purchases' table, and its customers: select row, model, parameter,
    estimate, repeats, recency, age and value, null where they do not belong, from both, put together by union all. Of
    several models of purchases the first by row is taken. Where it has covariates, select their columns too and name
    them: each customer is then foretold with his own alpha, and beta or a (see fit_purchases).

    Of a customer of several rows, stretches of his time whose covariates differ (see fit_purchases; pareto_nbd alone),
    those whose repeats is null are stretches to come, behind the others: age is how long each will last, and covariates
    what is planned or known to come then, such as promotions and seasons. The last one lasts on, of the stretches so
    far where none is to come. Mean and variance of his purchases are exact too. His result has the row of his first.

    The purchases that come are distributed exactly as the model says where customers leave after purchases or never,
    those of bg_cnbd_k and mbg_cnbd_k too, by a finite sum over the events that have passed of the wait at hand; of
    pareto_nbd the distribution has the exact mean and variance, with a negative binomial for those who are there. Money
    is that of as many purchases, whose logarithm is taken as normal with its mean and variance. Intervals do not tell
    how far off the parameters are.

    A row that is no history (see fit_purchases), and any in a group without a model, is there with nulls. A customer
    whose value is not known, is 0 or below has the value of the mean customer.

    Parameters
    ----------
    data : ArrowData
        A table of pyarrow, polars, pandas or DuckDB, its rows in any order.
    group : str or sequence of str
        Columns that tell the series apart; none: all rows are one series.
    order : str, optional
        The column that sorts a series: which customer it is: a number, a date or a time; give rows of a model numbers
        below those of customers. Default: the one column of dates.
    model : str, optional
        The column of: of a row of the model; null: the row is a customer. Default: the column of this name, or none.
    parameter : str, optional
        The column of: of the model, as fit_purchases gives it. Default: the column of this name, or none.
    estimate : str, optional
        The column of: of the model's parameter. Default: the column of this name, or none.
    repeats : str, optional
        The column of: of the customer, after the first; null of one of his stretches: it is to come. Default: the
        column of this name, or none.
    recency : str, optional
        The column of: time from his first purchase to the last, in the unit that the model was fitted in. Default: the
        column of this name, or none.
    age : str, optional
        The column of: time from his first purchase until which he was seen. Default: the column of this name, or none.
    value : str, optional
        The column of: what a repeat purchase brought, his mean; null, 0 and below: not known. Default: the column of
        this name, or none.
    customer : str, optional
        The column of: whose row it is: a text, a number or a date. Several rows of one are stretches of his time, as of
        fit_purchases; null, or no such column: each row is a customer. Default: the column of this name, or none.
    ahead : Sequence[float], default (52,)
        Times to look ahead, in the unit of age. From 0 to 1e+06.
    interval : float, default 0.9
        Share of customers whose purchases, and money, are to lie between low and high. From 0.01 to 0.999.
    discount : float, default 0.1
        A year: money that comes a year later is worth 1 / (1 + discount) of it now. From 0 to 10.
    year : float, default 52.1786
        How long a year is, in the unit of age: weeks. From 1e-06 to 1e+09.
    covariates : Sequence[str], default ()
        The columns that the model has learnt from as covariates, all of them; one that it has not is no matter.
    threads : int, optional
        Worker threads; default: all cores. The result is the same for any number.

    Returns
    -------
    pyarrow.Table
        The group columns, then:

        - `row` (period): of the customer, of several the first.
        - `ahead` (double): each of the parameter's, in the unit of age.
        - `alive` (double, share of 1): the probability that he is still a customer; null where his row is no history.
        - `expected` (double, purchases): that come in the time ahead, the mean.
        - `low` (double, purchases): and with probability `interval` at least, they lie between these whole numbers.
        - `high` (double, purchases): the upper one of these.
        - `order_value` (double, money): what one more purchase brings, the mean; null without a gamma_gamma in the
          model.
        - `value` (double, money): what the purchases ahead bring, the mean, discounted to now.
        - `value_low` (double, money): and with probability `interval`, about, that lies between these.
        - `value_high` (double, money): the upper one of these.

    Examples
    --------
    >>> foresell.purchases(sales, group=["item"], order="day")  # doctest: +SKIP
    """
    return apply(
        "purchases",
        data,
        group=group,
        order=order,
        columns={
            "model": model,
            "parameter": parameter,
            "estimate": estimate,
            "repeats": repeats,
            "recency": recency,
            "age": age,
            "value": value,
            "customer": customer,
        },
        params={
            "ahead": ahead,
            "interval": interval,
            "discount": discount,
            "year": year,
            "covariates": covariates,
        },
        threads=threads,
    )


def recommend(
    data: ArrowData,
    *,
    group: str | Sequence[str] = (),
    order: str | None = None,
    buyer: str | None = None,
    item: str | None = None,
    most: int = 5,
    history: int = 50,
    neighbours: int = 20,
    least: int = 2,
    method: Literal["buyers", "factors"] = "buyers",
    factors: int = 16,
    seed: int = 1,
    threads: int | None = None,
) -> pa.Table:
    """Tells what each buyer may take up next, by what others bought.

    Item-based collaborative filtering (Karypis 2001, Evaluation of item-based top-N recommendation algorithms): the
    products with the largest sums of similarities to those that a buyer bought last, less those that he has. How alike
    two products are tells the operator similar_items, which is used inside.

    Parameters
    ----------
    data : ArrowData
        A table of pyarrow, polars, pandas or DuckDB, its rows in any order.
    group : str or sequence of str
        Columns that tell the series apart; none: all rows are one series.
    order : str, optional
        The column that sorts a series: a number, a date or a time, each once: what was bought later stands later.
        Default: the one column of dates.
    buyer : str, optional
        The column of: who bought; null: the row tells nothing. Default: the column of this name, else the first number.
    item : str, optional
        The column of: what; the same again counts once, as the latest; null: the row tells nothing. Default: the column
        of this name, else the first number.
    most : int, default 5
        Products that are told to each buyer. From 1 to 1000.
    history : int, default 50
        Products of each buyer that count, the latest. From 1 to 100000.
    neighbours : int, default 20
        Products like it that each of these speaks for. From 1 to 1000.
    least : int, default 2
        Buyers of both; fewer tell nothing. From 1 to 1e+06.
    method : {"buyers", "factors"}, default "buyers"
        How alike two products are: by the buyers that they have in common, or by the vectors of a factorisation of who
        bought what, which also sees buyers of buyers.
    factors : int, default 16
        Length of the vectors, for the method factors. From 1 to 64.
    seed : int, default 1
        Of the vectors' start. From 0 to 9.0072e+15.
    threads : int, optional
        Worker threads; default: all cores. The result is the same for any number.

    Returns
    -------
    pyarrow.Table
        The group columns, then:

        - `buyer` (text): who.
        - `place` (int): 1: the likeliest.
        - `item` (text): a product that the buyer does not have yet.
        - `score` (double): the sum of its similarities to the products that the buyer has.
        - `because` (text): the one of these that it is most like.

    Examples
    --------
    >>> foresell.recommend(sales, group=["item"], order="day", buyer="units", item="units")  # doctest: +SKIP
    """
    return apply(
        "recommend",
        data,
        group=group,
        order=order,
        columns={"buyer": buyer, "item": item},
        params={
            "most": most,
            "history": history,
            "neighbours": neighbours,
            "least": least,
            "method": method,
            "factors": factors,
            "seed": seed,
        },
        threads=threads,
    )


def replay_orders(
    data: ArrowData,
    *,
    group: str | Sequence[str] = (),
    order: str | None = None,
    demand: str | None = None,
    level: str | None = None,
    reorder: str | None = None,
    quantity: str | None = None,
    arriving: str | None = None,
    lead_time: str | None = None,
    holding: str | None = None,
    shortage: str | None = None,
    order_cost: str | None = None,
    unit_cost: str | None = None,
    pack: str | None = None,
    least: str | None = None,
    shelf_life: str | None = None,
    opening: str | None = None,
    seen: str | None = None,
    ahead: str | None = None,
    mean: str | None = None,
    most: str | None = None,
    policy: Literal["level", "quantity", "moving_average", "order"] = "level",
    window: int = 13,
    season: int = 0,
    cover: int = 4,
    review: int = 1,
    past: int = 0,
    unmet: Literal["lost", "later"] = "lost",
    threads: int | None = None,
) -> pa.Table:
    """Plays a policy of ordering through the past, and counts what it would have cost.

    In each period what was ordered lead_time + 1 periods before arrives, then what is asked for is sold, the oldest
    units first, then what is too old goes, and the costs of what remains and of what was missed are counted. Then,
    every `review` periods, the order is placed, by what is known at that moment. So opening stock and arrivals are what
    was sold, remains, went off, less what is owed. Timing is that of the operator order, whose period 1 is the one
    after the order.

    A column level or quantity belongs to the order at the end of its own row's period: it must come from that period
    and those before, which is in the hands of who gives it. The moving average sees no later period, but demand, not
    only what it would have sold itself.

    The moving average is the plain planner to compare with: the mean of what is known of the last `window` periods,
    times `cover`; with a season both times the factors of its places, the mean of each over the mean of all, of what is
    known up to then. Stock and what is under way are brought up to it. The first order is placed at the end of the
    first period that is replayed.

    Policy order is the order list itself, made anew at each moment: stock and what is under way are those of the
    replay, demand is the forecast in the rows behind that period, which must come from that period and those before.
    Where a period tells no forecast of the one after it, nothing is ordered.

    Parameters
    ----------
    data : ArrowData
        A table of pyarrow, polars, pandas or DuckDB, its rows in any order.
    group : str or sequence of str
        Columns that tell the series apart; none: all rows are one series.
    order : str, optional
        The column that sorts a series: the periods of the past, a row each; with policy order behind each those that
        are forecast at its end, numbered so that they stay there. Default: the one column of dates.
    demand : str, optional
        The column of: what was asked for; null: not known, as when it was out of stock: the period sells nothing, bears
        no cost, and nothing gets older in it. Default: the column of this name, else the first number.
    level : str, optional
        The column of: up to which the order at the end of this period goes, with stock and what is under way, where
        policy is level; null: no order. Default: the column of this name, or none.
    reorder : str, optional
        The column of: with level: an order only where stock and what is under way are not above this; null: always.
        Default: the column of this name, or none.
    quantity : str, optional
        The column of: what is ordered at the end of this period, where policy is quantity; null: nothing. Default: the
        column of this name, or none.
    arriving : str, optional
        The column of: on the way before the replay begins, in the period in which it arrives; null: none. Default: the
        column of this name, or none.
    lead_time : str, optional
        The column of: in the first row, as all that follow: an order at the end of a period can be sold lead_time + 1
        periods later; null: 1. Default: the column of this name, or none.
    holding : str, optional
        The column of: of a unit that is left at the end of a period; null: a ninth of shortage. Default: the column of
        this name, or none.
    shortage : str, optional
        The column of: of a unit that is asked for and not there; null: 1. Default: the column of this name, or none.
    order_cost : str, optional
        The column of: of an order, however large; null: 0. Default: the column of this name, or none.
    unit_cost : str, optional
        The column of: of a unit that goes off; null: 0. Default: the column of this name, or none.
    pack : str, optional
        The column of: orders are whole packs, rounded up; null: 1. Default: the column of this name, or none.
    least : str, optional
        The column of: the least order, if there is one; null: any. Default: the column of this name, or none.
    shelf_life : str, optional
        The column of: in which a unit can be sold, the oldest first; null: for ever. Default: the column of this name,
        or none.
    opening : str, optional
        The column of: stock when the replay begins; null: the policy's own first level, or 0 where it has none; with
        policy order that of the moving average. Default: the column of this name, or none.
    seen : str, optional
        The column of: at the beginning that are seen and not replayed; null: the parameter past. Default: the column of
        this name, or none.
    ahead : str, optional
        The column of: with policy order, in a row of a forecast: how many periods after; null: a period's own row.
        Default: the column of this name, or none.
    mean : str, optional
        The column of: with policy order: expected demand of that period; null: as before it. Default: the column of
        this name, or none.
    most : str, optional
        The column of: with policy order, as in the operator order; null: any. Default: the column of this name, or
        none.
    policy : {"level", "quantity", "moving_average", "order"}, default "level"
        Orders up to the column level, of the column quantity, up to what the next `cover` periods sell by a moving
        average, or what the operator order does by the forecast made at that moment.
    window : int, default 13
        Periods of the moving average. From 1 to 100000.
    season : int, default 0
        Periods of a season that is taken out of the moving average, such as 52 of weeks; 0: none. From 0 to 100000.
    cover : int, default 4
        Periods after its own that an order by the moving average is to last for; 0: lead time and review and a third
        more, rounded up. From 0 to 100000.
    review : int, default 1
        Periods from one order to the next. From 1 to 100000.
    past : int, default 0
        Periods at the beginning that are seen and not replayed; groups that have no more have no row. From 0 to 1e+06.
    unmet : {"lost", "later"}, default "lost"
        What is asked for and not there is lost, or owed and delivered later; then shortage is money a unit and period.
    threads : int, optional
        Worker threads; default: all cores. The result is the same for any number.

    Returns
    -------
    pyarrow.Table
        The group columns, then:

        - `period` (period): each that is replayed.
        - `arrived` (double, units): before sales.
        - `on_hand` (double, units): before sales, with what arrived.
        - `demand` (double, units): as given; null: not known.
        - `sold` (double, units): what was owed before with it; null where demand is.
        - `missed` (double, units): asked for and not there; where unmet is later what is owed at the end; null where
          demand is.
        - `remaining` (double, units): at the end.
        - `waste` (double, units): that went off at the end.
        - `ordered` (double, units): at the end.
        - `cost_holding` (double, money): of what remains.
        - `cost_shortage` (double, money): of what was missed.
        - `cost_ordering` (double, money): of the order at the end.
        - `cost_waste` (double, money): of what went off.
        - `cost` (double, money): all four.
        - `note` (text): in the group's first row: defaults that were taken, and what is wrong with the data; null:
          nothing.

    Examples
    --------
    >>> foresell.replay_orders(sales, group=["item"], order="day", demand="units")  # doctest: +SKIP
    """
    return apply(
        "replay_orders",
        data,
        group=group,
        order=order,
        columns={
            "demand": demand,
            "level": level,
            "reorder": reorder,
            "quantity": quantity,
            "arriving": arriving,
            "lead_time": lead_time,
            "holding": holding,
            "shortage": shortage,
            "order_cost": order_cost,
            "unit_cost": unit_cost,
            "pack": pack,
            "least": least,
            "shelf_life": shelf_life,
            "opening": opening,
            "seen": seen,
            "ahead": ahead,
            "mean": mean,
            "most": most,
        },
        params={
            "policy": policy,
            "window": window,
            "season": season,
            "cover": cover,
            "review": review,
            "past": past,
            "unmet": unmet,
        },
        threads=threads,
    )


def safety_stock(
    data: ArrowData,
    *,
    group: str | Sequence[str] = (),
    order: str | None = None,
    stage: str | None = None,
    lead_time: str | None = None,
    holding: str | None = None,
    upstream: str | None = None,
    downstream: str | None = None,
    deviation: str | None = None,
    mean: str | None = None,
    promised: str | None = None,
    inbound: str | None = None,
    factor: str | None = None,
    service: float = 0.95,
    threads: int | None = None,
) -> pa.Table:
    """Says how much safety stock each stage of a supply network is to keep, and what delivery times to promise, at least
    cost.

    A group is a network, a row one of its stages. A stage that is asked for something asks its suppliers for what it
    needs at once, has it after their longest service time, works on it for `lead_time`, and delivers after its own
    service time, which it always keeps: guaranteed service (Graves and Willems 2000; Snyder and Shen 2019, sections 6.3
    and 6.5). What it cannot wait for comes from stock: factor times the standard deviation of demand over the net
    replenishment time. Longer service times upstream save stock there and cost stock downstream; those that cost least
    in all are found exactly, by dynamic programming.

    The network is a tree: one way between any two stages. Each stage may name one that supplies it and one that it
    supplies, and a link may be told at either end or at both: stores name their depot as `upstream`, parts name what
    they go into as `downstream`. One unit of a stage goes into one unit of the next; demands from outside do not depend
    on one another, so that variances add up on the way upstream. Where demand is more than the stock is kept for, the
    stage is taken to hasten its supply.

    Work grows with the stages and with the square of the longest time through the network: count time in weeks where
    days are not wanted. A network that is no tree, and a row that makes no sense, end the call with an error that names
    the group and the row.

    Parameters
    ----------
    data : ArrowData
        A table of pyarrow, polars, pandas or DuckDB, its rows in any order.
    group : str or sequence of str
        Columns that tell the series apart; none: all rows are one series.
    order : str, optional
        The column that sorts a series: which row it is: a number, a date or a time. Default: the one column of dates.
    stage : str, optional
        The column of: its name: a plant, a depot, a store, an item of a bill of materials. Default: the column of this
        name, else the first number.
    lead_time : str, optional
        The column of: that it takes to make or bring what is asked for, once all that it needs is there; a whole
        number. Default: the column of this name, else the first number.
    holding : str, optional
        The column of: what a unit of its stock costs a period. Default: the column of this name, else the first number.
    upstream : str, optional
        The column of: the stage that supplies it; null: none, or it is told there. Default: the column of this name, or
        none.
    downstream : str, optional
        The column of: the stage that it supplies; null: none, or it is told there. Default: the column of this name, or
        none.
    deviation : str, optional
        The column of: standard deviation a period of demand from outside the network; null: as Poisson has it where
        mean is known, else it has no such demand. Default: the column of this name, or none.
    mean : str, optional
        The column of: of demand a period from outside; null: not known, and no base_stock. Default: the column of this
        name, or none.
    promised : str, optional
        The column of: the longest service time, a whole number; null: 0 where it has demand from outside, else any.
        Default: the column of this name, or none.
    inbound : str, optional
        The column of: service time of what it gets from outside, a whole number; null: 0. Default: the column of this
        name, or none.
    factor : str, optional
        The column of: safety factor: standard deviations of demand that are kept; null: that of service. Default: the
        column of this name, or none.
    service : float, default 0.95
        The probability that the stock of a stage suffices for normal demand of net_time, where factor is null. From 0.5
        to 0.9999.
    threads : int, optional
        Worker threads; default: all cores. The result is the same for any number.

    Returns
    -------
    pyarrow.Table
        The group columns, then:

        - `row` (period): as it came.
        - `stage` (text): as it came.
        - `inbound_time` (int, period): until all that it needs is there: the longest service time of its suppliers.
        - `service_time` (int, period): after which it delivers what is asked for, always.
        - `net_time` (int, period): net replenishment time: inbound_time and lead_time less service_time, for which
          stock must suffice.
        - `cover_deviation` (double, units): standard deviation of the demand of net_time that comes through the stage.
        - `base_stock` (double, units): base-stock level: expected demand of net_time, and safety; null: a mean is not
          known.
        - `safety` (double, units): safety stock: factor times cover_deviation.
        - `cost` (double, money a period): of holding it.
        - `network_cost` (double, money a period): of all stages of the network.
        - `note` (text): what was taken in the place of what is not known; else null.

    Examples
    --------
    >>> foresell.safety_stock(sales, group=["item"], order="day", stage="units", lead_time="units", holding="units")  # doctest: +SKIP
    """
    return apply(
        "safety_stock",
        data,
        group=group,
        order=order,
        columns={
            "stage": stage,
            "lead_time": lead_time,
            "holding": holding,
            "upstream": upstream,
            "downstream": downstream,
            "deviation": deviation,
            "mean": mean,
            "promised": promised,
            "inbound": inbound,
            "factor": factor,
        },
        params={
            "service": service,
        },
        threads=threads,
    )


def segment(
    data: ArrowData,
    *,
    group: str | Sequence[str] = (),
    order: str | None = None,
    segment: str | None = None,
    feature: str | None = None,
    unit: str | None = None,
    shift: str | None = None,
    scale: str | None = None,
    centre: str | None = None,
    deviation: str | None = None,
    weight: str | None = None,
    threads: int | None = None,
) -> pa.Table:
    """Places rows in segments, by a model of fit_segments.

    Each group holds its model, the rows of fit_segments' table, and the rows to be placed: select row, segment,
    feature, unit, shift, scale, centre, deviation, weight and the features, null in the model's rows, from both, put
    together by union all. A null feature stands at the mean.

    A group without a model has no row.

    Parameters
    ----------
    data : ArrowData
        A table of pyarrow, polars, pandas or DuckDB, its rows in any order.
    group : str or sequence of str
        Columns that tell the series apart; none: all rows are one series.
    order : str, optional
        The column that sorts a series: which row it is: a number, a date or a time; give rows of a model numbers below
        those of rows to place. Default: the one column of dates.
    segment : str, optional
        The column of: of a row of the model; null: the row is to be placed. Default: the column of this name, or none.
    feature : str, optional
        The column of: of the model: the name of its column. Default: the column of this name, or none.
    unit : str, optional
        The column of: of the model. Default: the column of this name, or none.
    shift : str, optional
        The column of: of the model. Default: the column of this name, or none.
    scale : str, optional
        The column of: of the model. Default: the column of this name, or none.
    centre : str, optional
        The column of: of the model. Default: the column of this name, or none.
    deviation : str, optional
        The column of: of the model; null: segments are told by distance. Default: the column of this name, or none.
    weight : str, optional
        The column of: of the model. Default: the column of this name, or none.
    threads : int, optional
        Worker threads; default: all cores. The result is the same for any number.

    Returns
    -------
    pyarrow.Table
        The group columns, then:

        - `row` (period): of the row that is placed.
        - `segment` (int): the nearest, by a mixture the likeliest; of equal ones the first.
        - `distance` (double, deviations): to its centre, Euclid's over standardised features.
        - `probability` (double, share of 1): that the row is of the segment, by a mixture; else null.

    Examples
    --------
    >>> foresell.segment(sales, group=["item"], order="day")  # doctest: +SKIP
    """
    return apply(
        "segment",
        data,
        group=group,
        order=order,
        columns={
            "segment": segment,
            "feature": feature,
            "unit": unit,
            "shift": shift,
            "scale": scale,
            "centre": centre,
            "deviation": deviation,
            "weight": weight,
        },
        params={
        },
        threads=threads,
    )


def service_levels(
    data: ArrowData,
    *,
    group: str | Sequence[str] = (),
    order: str | None = None,
    mean: str | None = None,
    on_hand: str | None = None,
    arriving: str | None = None,
    lead_time: str | None = None,
    holding: str | None = None,
    shortage: str | None = None,
    unit_cost: str | None = None,
    unit_profit: str | None = None,
    pack: str | None = None,
    least: str | None = None,
    most: str | None = None,
    order_cost: str | None = None,
    shelf_life: str | None = None,
    next_order: str | None = None,
    review: int = 1,
    unmet: Literal["lost", "later"] = "lost",
    common: float = 0.0,
    threads: int | None = None,
) -> pa.Table:
    """Says what it would cost to have everything there with a probability of 50 % to 99 %.

    For each of the probabilities .5, .6, .7, .8, .9, .95, .98 and .99 the least order that reaches it, and the money
    that holding and shortage are expected to cost in the periods that this order answers for, as the operator `order`
    counts them. The curve of service against cost is their sum over all groups. Groups for which there can be no order
    have no row.

    Parameters
    ----------
    data : ArrowData
        A table of pyarrow, polars, pandas or DuckDB, its rows in any order.
    group : str or sequence of str
        Columns that tell the series apart; none: all rows are one series.
    order : str, optional
        The column that sorts a series: the periods ahead, a row each, from the first after now on. Default: the one
        column of dates.
    mean : str, optional
        The column of: expected demand of the period, as forecast gives it; null: as the period before. Default: the
        column of this name, else the first number.
    on_hand : str, optional
        The column of: in the first row: stock now; null: 0; below zero: what is owed, where unmet is later. Default:
        the column of this name, or none.
    arriving : str, optional
        The column of: open orders that arrive before the sales of this period; null: none. Default: the column of this
        name, or none.
    lead_time : str, optional
        The column of: in the first row, as all that follow: an order now can be sold from period lead_time + 1 on;
        null: 1. Default: the column of this name, or none.
    holding : str, optional
        The column of: of a unit that is left at the end of a period; null: a ninth of shortage. Default: the column of
        this name, or none.
    shortage : str, optional
        The column of: of a unit that is asked for and not there; null or 0: unit_profit, else 1. Default: the column of
        this name, or none.
    unit_cost : str, optional
        The column of: what a unit costs; null: not known. Default: the column of this name, or none.
    unit_profit : str, optional
        The column of: what a unit that is sold earns, only where shortage is null. Default: the column of this name, or
        none.
    pack : str, optional
        The column of: orders are whole packs; null: 1. Default: the column of this name, or none.
    least : str, optional
        The column of: the least that may be ordered, if anything is; null: any. Default: the column of this name, or
        none.
    most : str, optional
        The column of: that the shelf takes: stock at arrival, as expected, and order; null: any. Default: the column of
        this name, or none.
    order_cost : str, optional
        The column of: of an order, however large; null: 0. Default: the column of this name, or none.
    shelf_life : str, optional
        The column of: in which the units of this order can be sold; null: for ever. Default: the column of this name,
        or none.
    next_order : str, optional
        The column of: in the first row: until the next order may be placed, 1 to 200; null: review. Default: the column
        of this name, or none.
    review : int, default 1
        Periods until the next order may be placed, where next_order does not say it. From 1 to 200.
    unmet : {"lost", "later"}, default "lost"
        What is asked for and not there is lost, or owed and delivered later; then shortage is money a unit and period.
    common : float, default 0.0
        The correlation of the demands of any two periods about their forecasts, since the level may be wrong for all of
        them. From 0 to 0.95.
    threads : int, optional
        Worker threads; default: all cores. The result is the same for any number.

    Returns
    -------
    pyarrow.Table
        The group columns, then:

        - `service` (double, share of 1): the probability that nothing is missed in the periods that the order answers
          for.
        - `packs` (double): of the least order that reaches it, as far as constraints let.
        - `quantity` (double, units): the same in units.
        - `holding_cost` (double, money): expected in them: of what is left at their ends, what goes off, and of the
          order.
        - `shortage_cost` (double, money): expected in them: of what is missed.
        - `missed` (double, units): expected not to be there in them; where unmet is later summed over the ends of
          periods.
        - `demand` (double, units): expected in them.

    Examples
    --------
    >>> foresell.service_levels(sales, group=["item"], order="day", mean="units")  # doctest: +SKIP
    """
    return apply(
        "service_levels",
        data,
        group=group,
        order=order,
        columns={
            "mean": mean,
            "on_hand": on_hand,
            "arriving": arriving,
            "lead_time": lead_time,
            "holding": holding,
            "shortage": shortage,
            "unit_cost": unit_cost,
            "unit_profit": unit_profit,
            "pack": pack,
            "least": least,
            "most": most,
            "order_cost": order_cost,
            "shelf_life": shelf_life,
            "next_order": next_order,
        },
        params={
            "review": review,
            "unmet": unmet,
            "common": common,
        },
        threads=threads,
    )


def similar_items(
    data: ArrowData,
    *,
    group: str | Sequence[str] = (),
    order: str | None = None,
    buyer: str | None = None,
    item: str | None = None,
    most: int = 20,
    least: int = 2,
    method: Literal["buyers", "factors"] = "buyers",
    factors: int = 16,
    seed: int = 1,
    threads: int | None = None,
) -> pa.Table:
    """Finds the products that go with each product, by who bought them.

    Item-based collaborative filtering. With the method buyers, each buyer counts 1 for all of his products together,
    and two products are as alike as the cosine of their columns (Karypis 2001, Evaluation of item-based top-N
    recommendation algorithms). With the method factors, vectors of products come from the factorisation of Hu, Koren
    and Volinsky (2008, Collaborative filtering for implicit feedback datasets), and two products that somebody bought
    both are as alike as the cosine of these. What a buyer may want next are the products with the largest sums of
    similarities to those he has: a join of this table with his purchases. Buyers of more than 2,000 different products
    are left out.

    Parameters
    ----------
    data : ArrowData
        A table of pyarrow, polars, pandas or DuckDB, its rows in any order.
    group : str or sequence of str
        Columns that tell the series apart; none: all rows are one series.
    order : str, optional
        The column that sorts a series: a number, a date or a time, each once; it counts for nothing. Default: the one
        column of dates.
    buyer : str, optional
        The column of: who bought: a customer, or a basket; null: the row tells nothing. Default: the column of this
        name, else the first number.
    item : str, optional
        The column of: what; the same again counts once; null: the row tells nothing. Default: the column of this name,
        else the first number.
    most : int, default 20
        Others that are told of each product. From 1 to 1000.
    least : int, default 2
        Buyers of both; fewer tell nothing. From 1 to 1e+06.
    method : {"buyers", "factors"}, default "buyers"
        How alike two products are: by the buyers that they have in common, or by the vectors of a factorisation of who
        bought what, which also sees buyers of buyers.
    factors : int, default 16
        Length of the vectors, for the method factors. From 1 to 64.
    seed : int, default 1
        Of the vectors' start. From 0 to 9.0072e+15.
    threads : int, optional
        Worker threads; default: all cores. The result is the same for any number.

    Returns
    -------
    pyarrow.Table
        The group columns, then:

        - `item` (text): a product.
        - `other` (text): one that is bought by the same buyers.
        - `place` (int): 1: the most alike of them.
        - `similarity` (double, share of 1): 1: bought by the same alone.
        - `together` (int, buyers): who bought both.
        - `buyers` (int, buyers): who bought the product.

    Examples
    --------
    >>> foresell.similar_items(sales, group=["item"], order="day", buyer="units", item="units")  # doctest: +SKIP
    """
    return apply(
        "similar_items",
        data,
        group=group,
        order=order,
        columns={"buyer": buyer, "item": item},
        params={
            "most": most,
            "least": least,
            "method": method,
            "factors": factors,
            "seed": seed,
        },
        threads=threads,
    )


def stock_outlook(
    data: ArrowData,
    *,
    group: str | Sequence[str] = (),
    order: str | None = None,
    mean: str | None = None,
    on_hand: str | None = None,
    arriving: str | None = None,
    lead_time: str | None = None,
    holding: str | None = None,
    shortage: str | None = None,
    unit_cost: str | None = None,
    unit_profit: str | None = None,
    pack: str | None = None,
    least: str | None = None,
    most: str | None = None,
    order_cost: str | None = None,
    shelf_life: str | None = None,
    next_order: str | None = None,
    quantity: str | None = None,
    review: int = 1,
    unmet: Literal["lost", "later"] = "lost",
    common: float = 0.0,
    service: float = 0.0,
    threads: int | None = None,
) -> pa.Table:
    """Says how much stock there will be at the end of each period ahead, with the order of today and without it.

    The order is `quantity`, else that of the operator `order`, and the distribution of the stock is carried from period
    to period exactly as there, to the end of the forecast. It is taken as the last one: what is ordered at the next
    review and after it is not in the figures. Nothing goes off. Groups without any known demand have no row.

    Parameters
    ----------
    data : ArrowData
        A table of pyarrow, polars, pandas or DuckDB, its rows in any order.
    group : str or sequence of str
        Columns that tell the series apart; none: all rows are one series.
    order : str, optional
        The column that sorts a series: the periods ahead, a row each, from the first after now on. Default: the one
        column of dates.
    mean : str, optional
        The column of: expected demand of the period, as forecast gives it; null: as the period before. Default: the
        column of this name, else the first number.
    on_hand : str, optional
        The column of: in the first row: stock now; null: 0; below zero: what is owed, where unmet is later. Default:
        the column of this name, or none.
    arriving : str, optional
        The column of: open orders that arrive before the sales of this period; null: none. Default: the column of this
        name, or none.
    lead_time : str, optional
        The column of: in the first row, as all that follow: an order now can be sold from period lead_time + 1 on;
        null: 1. Default: the column of this name, or none.
    holding : str, optional
        The column of: of a unit that is left at the end of a period; null: a ninth of shortage. Default: the column of
        this name, or none.
    shortage : str, optional
        The column of: of a unit that is asked for and not there; null or 0: unit_profit, else 1. Default: the column of
        this name, or none.
    unit_cost : str, optional
        The column of: what a unit costs; null: not known. Default: the column of this name, or none.
    unit_profit : str, optional
        The column of: what a unit that is sold earns, only where shortage is null. Default: the column of this name, or
        none.
    pack : str, optional
        The column of: orders are whole packs; null: 1. Default: the column of this name, or none.
    least : str, optional
        The column of: the least that may be ordered, if anything is; null: any. Default: the column of this name, or
        none.
    most : str, optional
        The column of: that the shelf takes: stock at arrival, as expected, and order; null: any. Default: the column of
        this name, or none.
    order_cost : str, optional
        The column of: of an order, however large; null: 0. Default: the column of this name, or none.
    shelf_life : str, optional
        The column of: in which the units of this order can be sold; null: for ever. Default: the column of this name,
        or none.
    next_order : str, optional
        The column of: in the first row: until the next order may be placed, 1 to 200; null: review. Default: the column
        of this name, or none.
    quantity : str, optional
        The column of: in the first row: what is ordered now; null: what order would. Default: the column of this name,
        or none.
    review : int, default 1
        Periods until the next order may be placed, where next_order does not say it. From 1 to 200.
    unmet : {"lost", "later"}, default "lost"
        What is asked for and not there is lost, or owed and delivered later; then shortage is money a unit and period.
    common : float, default 0.0
        The correlation of the demands of any two periods about their forecasts, since the level may be wrong for all of
        them. From 0 to 0.95.
    service : float, default 0.0
        The probability that nothing is missed, in place of the least cost; 0: the least cost. From 0 to 0.9999.
    threads : int, optional
        Worker threads; default: all cores. The result is the same for any number.

    Returns
    -------
    pyarrow.Table
        The group columns, then:

        - `period` (period): ahead, a row each, as they came.
        - `step` (int, period): 1 for the first.
        - `stock` (double, units): expected at the end of the period, with the order; below zero: owed.
        - `low` (double, units): that it is not above with a probability of 5 %.
        - `high` (double, units): that it is not above with a probability of 95 %.
        - `stock_without` (double, units): expected at the end of the period without the order.
        - `demand` (double, units): expected in the period.
        - `ordered` (double, units): that arrive of the order in this period.

    Examples
    --------
    >>> foresell.stock_outlook(sales, group=["item"], order="day", mean="units")  # doctest: +SKIP
    """
    return apply(
        "stock_outlook",
        data,
        group=group,
        order=order,
        columns={
            "mean": mean,
            "on_hand": on_hand,
            "arriving": arriving,
            "lead_time": lead_time,
            "holding": holding,
            "shortage": shortage,
            "unit_cost": unit_cost,
            "unit_profit": unit_profit,
            "pack": pack,
            "least": least,
            "most": most,
            "order_cost": order_cost,
            "shelf_life": shelf_life,
            "next_order": next_order,
            "quantity": quantity,
        },
        params={
            "review": review,
            "unmet": unmet,
            "common": common,
            "service": service,
        },
        threads=threads,
    )


def trend(
    data: ArrowData,
    *,
    group: str | Sequence[str] = (),
    order: str | None = None,
    value: str | None = None,
    season: int = 0,
    absent: Literal["missing", "zero", "closed"] = "missing",
    period: Literal["auto", "hour", "day", "week", "month", "quarter", "year"] = "auto",
    threads: int | None = None,
) -> pa.Table:
    """Measures how fast each group grows or shrinks a year, and how sure that is.

    Blocks of about four weeks are compared. Where the series spans two years, only the same places of different years
    are, so that the season is no trend (Hirsch, Slack and Smith 1982): the trend is the sum of blocks over that of the
    same blocks a year before, less 1 (a ratio estimator, Cochran 1977). Else it is Theil and Sen's slope, the median of
    the slopes between all pairs of blocks, over the median block. Single huge values count in sums as they are:
    clean_outliers dampens them.

    Parameters
    ----------
    data : ArrowData
        A table of pyarrow, polars, pandas or DuckDB, its rows in any order.
    group : str or sequence of str
        Columns that tell the series apart; none: all rows are one series.
    order : str, optional
        The column that sorts a series: a date, a time or a whole number. Default: the one column of dates.
    value : str, optional
        The column of: demand or revenue. Default: the column of this name, else the first number.
    season : int, default 0
        Length of the season in periods; 0: by the period (day 7, week 52, month 12, quarter 4, hour 24, else none).
        From 0 to 10000.
    absent : {"missing", "zero", "closed"}, default "missing"
        What a period without a row is, between the first and the last (or the end, where that is given): not known
        (missing), or nothing was sold (zero; closed: the same, because the shop was shut). A row whose value is null is
        always not known.
    period : {"auto", "hour", "day", "week", "month", "quarter", "year"}, default "auto"
        How far it is from one row to the next; auto: found in each group from its own dates, so that missing ones are
        seen.
    threads : int, optional
        Worker threads; default: all cores. The result is the same for any number.

    Returns
    -------
    pyarrow.Table
        The group columns, then:

        - `trend` (double, share of 1): change in a year as a share of the year before; where the series is shorter than
          two years, of the usual level (the median month); where periods are whole numbers, change over the whole
          series; null where it can't be told.
        - `low` (double, share of 1): lower end of its 95 % interval.
        - `high` (double, share of 1): upper end of its 95 % interval.
        - `certainty` (double, share of 1): that there is a trend at all, by the Mann-Kendall test.
        - `note` (text): what to mind; null: nothing.

    Examples
    --------
    >>> foresell.trend(sales, group=["item"], order="day", value="units")  # doctest: +SKIP
    """
    return apply(
        "trend",
        data,
        group=group,
        order=order,
        columns={"value": value},
        params={
            "season": season,
            "absent": absent,
            "period": period,
        },
        threads=threads,
    )


def update(
    data: ArrowData,
    *,
    group: str | Sequence[str] = (),
    order: str | None = None,
    value: str | None = None,
    saved_model: str | None = None,
    ahead: str | None = None,
    event: str | None = None,
    seasonal_index: str | None = None,
    horizon: int = 28,
    quantile: Sequence[float] = (0.05, 0.25, 0.5, 0.75, 0.95),
    absent: Literal["missing", "zero", "closed"] = "missing",
    nonnegative: Literal["auto", "yes", "no"] = "auto",
    end: str | int | date = "",
    threads: int | None = None,
) -> pa.Table:
    """Forecasts with saved models and what came since, without fitting anew.

    forecast with `save` = [model] gives each group's fitted model as a text, in the column saved_model of the row of
    step 1. update takes the rows that came since, with that text joined to them, moves the model over them with the
    parameters that it has, and forecasts what comes next, with the model as it is then. Nothing is estimated: an update
    takes microseconds where a fit takes milliseconds, and every so often, after a season or so, one should fit anew.

    Between two fits a forecast is the same as if all of the series had been filtered with the parameters of the fit (of
    arima: once its filter has come to rest). Weights of auto stay what they are; intervals follow the size of the
    errors that were made since. Format: docs/saved.md.

    What regressors and events do stays as it was fitted too: it is taken out of what is new, and put back into what is
    forecast, by the columns of the same names. A table that lacks one of them is refused.

    Periods between the saved end and the last known value that have no row count as missing unless `absent` says
    otherwise; rows up to the saved end are left out and noted. Values that a model can't take, such as parts of pieces
    for counts, count as missing, and the note says to fit anew.

    Parameters
    ----------
    data : ArrowData
        A table of pyarrow, polars, pandas or DuckDB, its rows in any order.
    group : str or sequence of str
        Columns that tell the series apart; none: all rows are one series.
    order : str, optional
        The column that sorts a series: as in the forecast that was saved; rows up to the saved end are left out.
        Default: the one column of dates.
    value : str, optional
        The column of: what came since; null: not known. What is behind the last known value is to come. Default: the
        column of this name, else the first number.
    saved_model : str, optional
        The column of: the model, as forecast with save = [model] or an update gave it, in one row of the group or in
        all; null in all: nothing is forecast, and noted. Default: the column of this name, else the first number.
    ahead : str, optional
        The column of: true: a period to come, of which only regressors and events are known; its value is not looked
        at. Default: the column of this name, or none.
    event : str, optional
        The column of: as in the forecast that was saved, of new rows and of periods to come; needed where it had one. A
        name that it didn't know is an event like the others. Default: the column of this name, or none.
    seasonal_index : str, optional
        The column of: the same; needed where the forecast had one. Default: the column of this name, or none.
    horizon : int, default 28
        How many periods to forecast. From 1 to 100000.
    quantile : Sequence[float], default (0.05, 0.25, 0.5, 0.75, 0.95)
        Probabilities; each gives a column q…. Those that the forecast was saved with are as exact as its own, others
        are read off a table. From 0.0001 to 0.9999.
    absent : {"missing", "zero", "closed"}, default "missing"
        What a period without a row is, up to the last known value or the end: not known (missing), or nothing was sold
        (zero, closed).
    nonnegative : {"auto", "yes", "no"}, default "auto"
        Whether what would be below zero is set to zero; auto: where the group's values never are below zero.
    end : str | int | date, default ""
        The last period of the past, for all groups: a date (YYYY-MM-DD) or a number; values after it are not looked at,
        and groups that end earlier are forecast from there on; empty: each group's last known value.
    threads : int, optional
        Worker threads; default: all cores. The result is the same for any number.

    Returns
    -------
    pyarrow.Table
        The group columns, then:

        - `period` (period): the period that is forecast, in the type of the order column.
        - `step` (int, period): 1 for the first period after the last known one, up to the horizon.
        - `mean` (double): expected value; null where there is no model.
        - `q…` (double; one for each of quantile): the value that is not exceeded with this probability.
        - `model` (text): the model's name, as in forecast.
        - `note` (text): what was done beside the usual, such as values left out; null: nothing.
        - `drivers` (text): what regressors do to this period's forecast, as in forecast.
        - `saved_model` (text): in the row of step 1: the model as it is now, for the next update.

    Examples
    --------
    >>> foresell.update(sales, group=["item"], order="day", value="units", saved_model="units")  # doctest: +SKIP
    """
    return apply(
        "update",
        data,
        group=group,
        order=order,
        columns={
            "value": value,
            "saved_model": saved_model,
            "ahead": ahead,
            "event": event,
            "seasonal_index": seasonal_index,
        },
        params={
            "horizon": horizon,
            "quantile": quantile,
            "absent": absent,
            "nonnegative": nonnegative,
            "end": end,
        },
        threads=threads,
    )


def uplift(
    data: ArrowData,
    *,
    group: str | Sequence[str] = (),
    order: str | None = None,
    arm: str | None = None,
    kind: str | None = None,
    feature: str | None = None,
    level: str | None = None,
    knot: str | None = None,
    coefficient: str | None = None,
    tree: str | None = None,
    node: str | None = None,
    below: str | None = None,
    above: str | None = None,
    bound: str | None = None,
    centre: str | None = None,
    level_error: str | None = None,
    slope_error: str | None = None,
    interval: float = 0.9,
    threads: int | None = None,
) -> pa.Table:
    """Tells whom a treatment changes and by how much, by a model of fit_uplift.

    Each group holds its model, the rows of fit_uplift's table, and the rows to be scored: select row, arm, kind,
    feature, level, knot, coefficient, tree, node, below, above, bound, centre, level_error, slope_error and the
    features, null in the model's rows, from both, put together by union all. The uplift is the sum of coefficients
    times terms and of the leaves that a row falls into, within the bound. A feature that is called as a column of the
    model (kind, level …) must have another name before it is fitted.

    low and high are those of the mean uplift of all rows with this score, from its errors on rows that were not learnt
    from; what one row does cannot be known so well, since nobody was both treated and not. They are null where the
    model could not tell.

    A group without a model has no row.

    Parameters
    ----------
    data : ArrowData
        A table of pyarrow, polars, pandas or DuckDB, its rows in any order.
    group : str or sequence of str
        Columns that tell the series apart; none: all rows are one series.
    order : str, optional
        The column that sorts a series: which row it is: a number, a date or a time; give rows of a model numbers below
        those of rows to score. Default: the one column of dates.
    arm : str, optional
        The column of: of a row of the model; null: the row is to be scored. Default: the column of this name, or none.
    kind : str, optional
        The column of: of the model's term or node, as fit_uplift gives it. Default: the column of this name, or none.
    feature : str, optional
        The column of: the name of its column. Default: the column of this name, or none.
    level : str, optional
        The column of: of the model. Default: the column of this name, or none.
    knot : str, optional
        The column of: of the model. Default: the column of this name, or none.
    coefficient : str, optional
        The column of: of the model; null: it adds nothing. Default: the column of this name, or none.
    tree : str, optional
        The column of: of the model's node. Default: the column of this name, or none.
    node : str, optional
        The column of: its number in the tree. Default: the column of this name, or none.
    below : str, optional
        The column of: of a split: a node further on. Default: the column of this name, or none.
    above : str, optional
        The column of: of a split: a node further on. Default: the column of this name, or none.
    bound : str, optional
        The column of: of the model; null: none. Default: the column of this name, or none.
    centre : str, optional
        The column of: of the model; null, as the next two: no low and high. Default: the column of this name, or none.
    level_error : str, optional
        The column of: of the model. Default: the column of this name, or none.
    slope_error : str, optional
        The column of: of the model. Default: the column of this name, or none.
    interval : float, default 0.9
        Probability of low to high. From 0.01 to 0.999.
    threads : int, optional
        Worker threads; default: all cores. The result is the same for any number.

    Returns
    -------
    pyarrow.Table
        The group columns, then:

        - `row` (period): of the row that is scored.
        - `arm` (text): each of the model's.
        - `uplift` (double, as the outcome): how much more of the outcome the row has when treated so.
        - `low` (double, as the outcome): between low and high lies the mean uplift of rows that score like this one,
          with the probability `interval`; the row's own may lie elsewhere.
        - `high` (double, as the outcome): as low; both are null where the model could not tell.

    Examples
    --------
    >>> foresell.uplift(sales, group=["item"], order="day")  # doctest: +SKIP
    """
    return apply(
        "uplift",
        data,
        group=group,
        order=order,
        columns={
            "arm": arm,
            "kind": kind,
            "feature": feature,
            "level": level,
            "knot": knot,
            "coefficient": coefficient,
            "tree": tree,
            "node": node,
            "below": below,
            "above": above,
            "bound": bound,
            "centre": centre,
            "level_error": level_error,
            "slope_error": slope_error,
        },
        params={
            "interval": interval,
        },
        threads=threads,
    )


def uplift_curve(
    data: ArrowData,
    *,
    group: str | Sequence[str] = (),
    order: str | None = None,
    score: str | None = None,
    outcome: str | None = None,
    treatment: str | None = None,
    treated: str | None = None,
    points: int = 10,
    control: str | int | date = "",
    threads: int | None = None,
) -> pa.Table:
    """Says what targeting rows in the order of a score would have gained.

    On rows of an experiment, which the score should not be learnt from: the Qini curve (Radcliffe 2007) and the uplift
    curve, by the share of rows that is targeted, against a random choice; and the areas under them, over those of the
    best order that outcomes allow, as scikit-uplift defines them: qini_auc_score, uplift_auc_score, and uplift_at_k by
    both of its strategies. Rows of equal score are one step of the areas; at a point within them those that come later
    stand first. Each arm is compared with the control by itself; with several, uplift's rows of one arm are what to
    give.

    A group without a treated row or without a control has no row.

    Parameters
    ----------
    data : ArrowData
        A table of pyarrow, polars, pandas or DuckDB, its rows in any order.
    group : str or sequence of str
        Columns that tell the series apart; none: all rows are one series.
    order : str, optional
        The column that sorts a series: which row it is: a number, a date or a time. Default: the one column of dates.
    score : str, optional
        The column of: the highest is targeted first; null: the row does not count. Default: the column of this name,
        else the first number.
    outcome : str, optional
        The column of: yes or no, or a number; null: the row does not count. Default: the column of this name, else the
        first number.
    treatment : str, optional
        The column of: how the row was treated; null: the row does not count. Default: the column of this name, or none.
    treated : str, optional
        The column of: in the place of treatment: whether the row was treated. Default: the column of this name, or
        none.
    points : int, default 10
        Of the curve, at even shares up to all rows. From 1 to 1000.
    control : str | int | date, default ""
        The text of treatment that stands for none; not given: none, no, control, false or 0, or what begins with 'no ',
        in any case, the rarest where there are several.
    threads : int, optional
        Worker threads; default: all cores. The result is the same for any number.

    Returns
    -------
    pyarrow.Table
        The group columns, then:

        - `arm` (text): the treatment that is compared with the control; of treated: true.
        - `share` (double, share of 1): of the rows that are targeted.
        - `rows` (int, rows): that are targeted.
        - `treated` (int, rows): of the arm among them.
        - `controls` (int, rows): of the control among them.
        - `uplift` (double, as the outcome): mean outcome of those treated less that of those controls; null: one has no
          row.
        - `uplift_by_group` (double, as the outcome): the same of the first share of each by itself.
        - `gained` (double, as the outcome): the Qini curve: outcomes that those treated have more than as many
          controls.
        - `random` (double, as the outcome): what a random choice of as many would gain.
        - `uplift_gained` (double, as the outcome): the uplift curve: uplift times rows, what treating them all gains.
        - `qini` (double): of all: area between gained and random, over that of the best order; null where no order
          gains anything.
        - `auuc` (double): of all: the same of the uplift curve.

    Examples
    --------
    >>> foresell.uplift_curve(sales, group=["item"], order="day", score="units", outcome="units")  # doctest: +SKIP
    """
    return apply(
        "uplift_curve",
        data,
        group=group,
        order=order,
        columns={"score": score, "outcome": outcome, "treatment": treatment, "treated": treated},
        params={
            "points": points,
            "control": control,
        },
        threads=threads,
    )
