// The few pieces of ECharts that our pages draw with: bars, in SVG, so that they print sharply.
import { BarChart } from "echarts/charts";
import { GridComponent, TitleComponent, TooltipComponent } from "echarts/components";
import * as core from "echarts/core";
import { SVGRenderer } from "echarts/renderers";

core.use([BarChart, GridComponent, TitleComponent, TooltipComponent, SVGRenderer]);

export const init = core.init;
