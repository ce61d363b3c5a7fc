CREATE TABLE `team_defaults` (
	`team_id` bigint NOT NULL,
	`permission` varchar(16) character set utf8mb4 collate utf8mb4_bin NOT NULL,
	`takes_all` boolean NOT NULL,
	`creates_repositories` boolean NOT NULL,
	CONSTRAINT `team_defaults_team_id` PRIMARY KEY(`team_id`)
);
--> statement-breakpoint
CREATE TABLE `repository_topics` (
	`repository_id` bigint NOT NULL,
	`name` varchar(50) character set utf8mb4 collate utf8mb4_bin NOT NULL,
	`created_at` bigint NOT NULL,
	CONSTRAINT `repository_topics_repository_id_name_pk` PRIMARY KEY(`repository_id`,`name`)
);
--> statement-breakpoint
CREATE TABLE `webhook_deliveries` (
	`id` bigint AUTO_INCREMENT NOT NULL,
	`webhook_id` bigint NOT NULL,
	`uuid` varchar(36) character set utf8mb4 collate utf8mb4_bin NOT NULL,
	`cause` varchar(80) character set utf8mb4 collate utf8mb4_bin NOT NULL,
	`event` varchar(40) character set utf8mb4 collate utf8mb4_bin NOT NULL,
	`action` varchar(40) character set utf8mb4 collate utf8mb4_bin NOT NULL,
	`state` varchar(16) character set utf8mb4 collate utf8mb4_bin NOT NULL,
	`attempts` bigint NOT NULL,
	`status` bigint,
	`error` longtext character set utf8mb4 collate utf8mb4_bin,
	`duration` bigint,
	`repeats_id` bigint,
	`is_test` boolean NOT NULL,
	`created_at` bigint NOT NULL,
	`tried_at` bigint,
	`ended_at` bigint,
	CONSTRAINT `webhook_deliveries_id` PRIMARY KEY(`id`),
	CONSTRAINT `webhook_deliveries_uuid` UNIQUE(`uuid`),
	CONSTRAINT `webhook_deliveries_cause` UNIQUE(`webhook_id`,`cause`)
);
--> statement-breakpoint
CREATE TABLE `webhook_messages` (
	`delivery_id` bigint NOT NULL,
	`request_headers` longtext character set utf8mb4 collate utf8mb4_bin NOT NULL,
	`request_body` longblob NOT NULL,
	`response_headers` longtext character set utf8mb4 collate utf8mb4_bin,
	`response_body` longtext character set utf8mb4 collate utf8mb4_bin,
	CONSTRAINT `webhook_messages_delivery_id` PRIMARY KEY(`delivery_id`)
);
--> statement-breakpoint
CREATE TABLE `webhooks` (
	`id` bigint AUTO_INCREMENT NOT NULL,
	`scope` varchar(16) character set utf8mb4 collate utf8mb4_bin NOT NULL,
	`repository_id` bigint,
	`owner_id` bigint,
	`format` varchar(16) character set utf8mb4 collate utf8mb4_bin NOT NULL,
	`content_type` varchar(8) character set utf8mb4 collate utf8mb4_bin NOT NULL,
	`sealed` longblob NOT NULL,
	`options` longtext character set utf8mb4 collate utf8mb4_bin NOT NULL,
	`events` longtext character set utf8mb4 collate utf8mb4_bin NOT NULL,
	`sends_all` boolean NOT NULL,
	`branch_filter` varchar(255) character set utf8mb4 collate utf8mb4_bin NOT NULL,
	`verifies_tls` boolean NOT NULL,
	`is_active` boolean NOT NULL,
	`created_by_id` bigint,
	`created_at` bigint NOT NULL,
	`updated_at` bigint NOT NULL,
	`failing_since` bigint,
	`failures` bigint NOT NULL,
	`retry_at` bigint,
	`suspended_at` bigint,
	`last_state` varchar(16) character set utf8mb4 collate utf8mb4_bin,
	`last_tried_at` bigint,
	CONSTRAINT `webhooks_id` PRIMARY KEY(`id`)
);
--> statement-breakpoint
ALTER TABLE `team_defaults` ADD CONSTRAINT `team_defaults_team_id_teams_id_fk` FOREIGN KEY (`team_id`) REFERENCES `teams`(`id`) ON DELETE cascade ON UPDATE no action;
--> statement-breakpoint
ALTER TABLE `repository_topics` ADD CONSTRAINT `repository_topics_repository_id_repositories_id_fk` FOREIGN KEY (`repository_id`) REFERENCES `repositories`(`id`) ON DELETE cascade ON UPDATE no action;
--> statement-breakpoint
ALTER TABLE `webhook_deliveries` ADD CONSTRAINT `webhook_deliveries_webhook_id_webhooks_id_fk` FOREIGN KEY (`webhook_id`) REFERENCES `webhooks`(`id`) ON DELETE cascade ON UPDATE no action;
--> statement-breakpoint
ALTER TABLE `webhook_messages` ADD CONSTRAINT `webhook_messages_delivery_id_webhook_deliveries_id_fk` FOREIGN KEY (`delivery_id`) REFERENCES `webhook_deliveries`(`id`) ON DELETE cascade ON UPDATE no action;
--> statement-breakpoint
ALTER TABLE `webhooks` ADD CONSTRAINT `webhooks_repository_id_repositories_id_fk` FOREIGN KEY (`repository_id`) REFERENCES `repositories`(`id`) ON DELETE cascade ON UPDATE no action;
--> statement-breakpoint
ALTER TABLE `webhooks` ADD CONSTRAINT `webhooks_owner_id_users_id_fk` FOREIGN KEY (`owner_id`) REFERENCES `users`(`id`) ON DELETE cascade ON UPDATE no action;
--> statement-breakpoint
ALTER TABLE `webhooks` ADD CONSTRAINT `webhooks_created_by_id_users_id_fk` FOREIGN KEY (`created_by_id`) REFERENCES `users`(`id`) ON DELETE set null ON UPDATE no action;
--> statement-breakpoint
CREATE INDEX `repository_topics_name` ON `repository_topics` (`name`,`repository_id`);
--> statement-breakpoint
CREATE INDEX `webhook_deliveries_queue` ON `webhook_deliveries` (`webhook_id`,`state`,`id`);
--> statement-breakpoint
CREATE INDEX `webhook_deliveries_created` ON `webhook_deliveries` (`created_at`);
--> statement-breakpoint
CREATE INDEX `webhooks_repository` ON `webhooks` (`repository_id`);
--> statement-breakpoint
CREATE INDEX `webhooks_owner` ON `webhooks` (`owner_id`);
--> statement-breakpoint
CREATE INDEX `webhooks_scope` ON `webhooks` (`scope`);
