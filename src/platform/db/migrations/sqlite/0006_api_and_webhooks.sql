CREATE TABLE `team_defaults` (
	`team_id` integer PRIMARY KEY NOT NULL,
	`permission` text NOT NULL,
	`takes_all` integer NOT NULL,
	`creates_repositories` integer NOT NULL,
	FOREIGN KEY (`team_id`) REFERENCES `teams`(`id`) ON UPDATE no action ON DELETE cascade
);
--> statement-breakpoint
CREATE TABLE `repository_topics` (
	`repository_id` integer NOT NULL,
	`name` text NOT NULL,
	`created_at` integer NOT NULL,
	PRIMARY KEY(`repository_id`, `name`),
	FOREIGN KEY (`repository_id`) REFERENCES `repositories`(`id`) ON UPDATE no action ON DELETE cascade
);
--> statement-breakpoint
CREATE INDEX `repository_topics_name` ON `repository_topics` (`name`,`repository_id`);
--> statement-breakpoint
CREATE TABLE `webhook_deliveries` (
	`id` integer PRIMARY KEY AUTOINCREMENT NOT NULL,
	`webhook_id` integer NOT NULL,
	`uuid` text NOT NULL,
	`cause` text NOT NULL,
	`event` text NOT NULL,
	`action` text NOT NULL,
	`state` text NOT NULL,
	`attempts` integer NOT NULL,
	`status` integer,
	`error` text,
	`duration` integer,
	`repeats_id` integer,
	`is_test` integer NOT NULL,
	`created_at` integer NOT NULL,
	`tried_at` integer,
	`ended_at` integer,
	FOREIGN KEY (`webhook_id`) REFERENCES `webhooks`(`id`) ON UPDATE no action ON DELETE cascade
);
--> statement-breakpoint
CREATE UNIQUE INDEX `webhook_deliveries_uuid` ON `webhook_deliveries` (`uuid`);
--> statement-breakpoint
CREATE UNIQUE INDEX `webhook_deliveries_cause` ON `webhook_deliveries` (`webhook_id`,`cause`);
--> statement-breakpoint
CREATE INDEX `webhook_deliveries_queue` ON `webhook_deliveries` (`webhook_id`,`state`,`id`);
--> statement-breakpoint
CREATE INDEX `webhook_deliveries_created` ON `webhook_deliveries` (`created_at`);
--> statement-breakpoint
CREATE TABLE `webhook_messages` (
	`delivery_id` integer PRIMARY KEY NOT NULL,
	`request_headers` text NOT NULL,
	`request_body` blob NOT NULL,
	`response_headers` text,
	`response_body` text,
	FOREIGN KEY (`delivery_id`) REFERENCES `webhook_deliveries`(`id`) ON UPDATE no action ON DELETE cascade
);
--> statement-breakpoint
CREATE TABLE `webhooks` (
	`id` integer PRIMARY KEY AUTOINCREMENT NOT NULL,
	`scope` text NOT NULL,
	`repository_id` integer,
	`owner_id` integer,
	`format` text NOT NULL,
	`content_type` text NOT NULL,
	`sealed` blob NOT NULL,
	`options` text NOT NULL,
	`events` text NOT NULL,
	`sends_all` integer NOT NULL,
	`branch_filter` text NOT NULL,
	`verifies_tls` integer NOT NULL,
	`is_active` integer NOT NULL,
	`created_by_id` integer,
	`created_at` integer NOT NULL,
	`updated_at` integer NOT NULL,
	`failing_since` integer,
	`failures` integer NOT NULL,
	`retry_at` integer,
	`suspended_at` integer,
	`last_state` text,
	`last_tried_at` integer,
	FOREIGN KEY (`repository_id`) REFERENCES `repositories`(`id`) ON UPDATE no action ON DELETE cascade,
	FOREIGN KEY (`owner_id`) REFERENCES `users`(`id`) ON UPDATE no action ON DELETE cascade,
	FOREIGN KEY (`created_by_id`) REFERENCES `users`(`id`) ON UPDATE no action ON DELETE set null
);
--> statement-breakpoint
CREATE INDEX `webhooks_repository` ON `webhooks` (`repository_id`);
--> statement-breakpoint
CREATE INDEX `webhooks_owner` ON `webhooks` (`owner_id`);
--> statement-breakpoint
CREATE INDEX `webhooks_scope` ON `webhooks` (`scope`);
