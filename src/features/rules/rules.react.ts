// What the rules room adds to others: it judges every push.
import type { App } from '../../platform/app.types.ts';
import { addPushForecast, addPushJudge, setRefProtection } from '../repos/push-judges.service.ts';
import { forecastByRules } from './push-forecasts.service.ts';
import { judgeByRules } from './push-rules.service.ts';
import { protectionByRules } from './ref-protection.service.ts';

/** Adds the judge of pushes, and what pages ask beforehand. */
export function registerRules(app: App): void {
  addPushJudge(app, judgeByRules);
  addPushForecast(app, forecastByRules);
  setRefProtection(app, protectionByRules);
}
